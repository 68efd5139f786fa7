"""Adapters to outside systems, one package for each, named for the standard or the vendor.

Only ``wiring`` may import them. Never decides anything about money or messages.
"""
