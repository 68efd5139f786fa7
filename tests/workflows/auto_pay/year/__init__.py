"""A year of Auto Pay over a small co-op, played by the real operations and the sandbox's gateway.

``town`` builds the co-op, ``play`` lets days pass and chance act by a seed that replays, and
``judge`` compares what happened with what was noted beside it and with the gateway's own books.
"""
