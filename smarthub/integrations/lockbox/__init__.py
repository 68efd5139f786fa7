"""Files of a bank's lockbox: the checks it opened for the co-op, and what it read off the stubs.

The layout is docs/operating/payments.md's; a bank is asked for it, or its own is written beside.
"""
