"""The printed bill since version 2: its words, its values, and what is handed to it from outside.

Version 1 stays as it was (``print_data``, ``wording``): a bill is drawn for ever by the version it
was made with. A version that was sent is never edited; another look is another version.
"""
