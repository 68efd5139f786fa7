"""A working stand-in for every port, for demos, tests and new co-ops; clearly marked as such."""
