"""Deposits: asked for, paid, earning interest, and given back or set against the final bill.

Reads the ledger and posts to it. Knows nothing of arrears: whether a member pays in time is
handed in as a value.
"""
