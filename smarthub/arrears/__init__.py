"""Reminders, extensions, arrangements, and the way to a cut and out of it.

Not filled yet. Reads the ledger and payments; nothing below it knows of it.
"""
