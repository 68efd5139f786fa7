"""Management commands and scheduled work.

Owns when things are done, in chunks, and how progress is shown. Never a rule: each job calls
a workflow. ``config.cli`` calls the commands by name. Outer storey.
"""
