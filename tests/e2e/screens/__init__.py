"""A picture of every page in every state, in three sizes, both themes and both languages.

``make screens`` takes them into docs/screens. ``shown.py`` lists what the demo shows; what only
hard cases show comes from the co-op the access tests visit. Clock and data stand still, so a
picture changes only when its page does.
"""
