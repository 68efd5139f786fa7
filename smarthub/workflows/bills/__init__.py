"""Bills made, looked over, told, shown, explained, printed and corrected.

On top, for telling of a bill also plans its draft.
"""
