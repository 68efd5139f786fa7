"""``smarthub bench bills``: what a bill run costs, as ratios in one run, beside named limits.

Everything happens in a server of its own, made for the while and removed afterwards, by the very
code that bills a co-op; only the accounts and their reads are put there in bulk.
"""
