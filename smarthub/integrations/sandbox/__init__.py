"""A working stand-in for every port, for demos, tests and new co-ops; clearly marked as such.

``gateway`` is the adapter of the payment port. The ``gateway_*`` modules are the other side:
a payment company in play, run as a process of its own on an origin of its own, so that card
numbers never reach ours. They import nothing of the house but its plain values.
"""
