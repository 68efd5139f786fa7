"""A PostgreSQL server of this installation's own, for the demo and for tests.

Owns where it lives, how it is started and how it is found again after a kill. Used only where
``DATABASE_URL`` names no server.
"""
