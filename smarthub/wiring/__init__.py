"""The one place where a port meets its adapter, and where the clock is read.

Views, endpoints and jobs ask here for the time and for the gateway, and pass both in. Never
holds a rule. Stands beside ``ui``.
"""
