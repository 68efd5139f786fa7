"""Requests to start, stop or move service; questions; and their progress.

Not filled yet.
"""
