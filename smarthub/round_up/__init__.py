"""Operation Round-Up: members who let their bills be rounded up to whole dollars, as a gift.

Holds who chose it and since when, and says how much a bill is rounded up by. What was given is on
the bills and in the ledger; nothing of it is stored here. Knows nothing of bills or payments.
"""
