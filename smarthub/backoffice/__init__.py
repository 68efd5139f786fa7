"""Pages for staff: the desk, its one search, and the work lists later rooms put there.

Owns nothing but pages; every write goes through the same operations as the portal's and is
left in the audit trail. Every page stands behind ``gate.for_staff``: staff only, and only with
a second factor. Outer storey.
"""
