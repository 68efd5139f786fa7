"""``smarthub bench payments``: how many drafts of Auto Pay a second, and what limits them.

Everything happens in a server of its own, made for the while and removed afterwards, by the very
code that drafts a co-op's bills; only accounts, methods and plans are put there in bulk. The
gateway is the sandbox's, in a process of its own.
"""
