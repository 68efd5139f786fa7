"""The co-op's own affairs: its founding, its money policies, its months and the whole ledger.

Stands on the ground: uses no other room.
"""
