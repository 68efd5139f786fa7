"""Billing cycles, bills with their segments and lines, and the printed bill.

A bill is written once, with its inputs, and posts to the ledger under its own number. It is
never edited: a mistake is answered by a new bill that names the old one. Reads ``usage``,
``rating`` and ``metering``; has never heard of payments.

``reproducing`` prices a stored bill again from what it kept, years later. Three files beside the
usual ones draw it: ``print_data`` writes a bill out in the reader's language, ``wording`` holds the
words, ``printing`` gives both to the Typst template.
"""
