"""Outages, affected service points and restoration estimates.

Not filled yet. Imports nothing that consumes it.
"""
