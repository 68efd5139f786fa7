"""A picture of every page in every state, in three sizes, both themes and both languages.

``make screens`` takes them into docs/screens. ``shown.py`` lists what the demo shows; what only
hard cases show comes from the co-op the access tests visit. The clock
begins at one minute and the data are the same, so a picture changes when its page does.
"""
