"""Entries, postings and balances: the amount asked and the amount owed.

Double entry and append-only, held so by the database. It is pushed to: it knows accounts,
amounts and a source key, never bills or payments. ``copying``, beside the operations, posts the entries of a run by COPY.
"""
