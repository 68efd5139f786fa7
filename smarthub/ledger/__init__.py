"""Entries, postings and balances: the amount asked and the amount owed.

Double entry and append-only, held so by the database. It is pushed to: it knows accounts,
amounts and a source key, never bills or payments. Beside the operations, ``copying`` posts the
entries of a bill run by COPY.
"""
