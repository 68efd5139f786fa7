"""What the co-op does, step by step, and reads that join packages: one module for each.

Owns the order of steps across packages, never the rules inside one. No signals, no event bus. The
modules stand in rooms, named for what the co-op is busy with; a room uses only rooms below it::

    bills
    bank
    auto_pay
    money
    debts
    accounts
    usage
    membership   rates   reads
    messages     cooperative
"""
