"""What is wrong with this installation, and how to mend it: one finding for each thing looked at.

Each examination stands alone, so that one fault does not hide another. ``machine`` needs no
Django, for its settings may be what is wrong; ``installation`` is imported once they are read.
"""
