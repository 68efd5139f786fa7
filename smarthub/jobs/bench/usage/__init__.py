"""``smarthub bench usage``: what reads cost, from the file to the array, beside named limits.

Everything happens in a server of its own, made for the while and removed afterwards, by the very
code that takes in a co-op's files; only the meters are put there in bulk.
"""
