"""Bank files in the layout of the American clearing house (Nacha).

``records`` says once where each field stands; ``writing`` and ``reading`` are its two ways.
Pure: no database, no clock. Knows the layout alone; what a return code means for a member is the
business of ``payments``.

Source: Nacha operating rules, appendix three (ACH record format specifications).
"""
