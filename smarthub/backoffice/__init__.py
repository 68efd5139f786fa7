"""Pages for staff: the desk, its one search, and the work lists later rooms put there.

Owns nothing but pages; every write goes through the same operations as the portal's and is
left in the audit trail. Needs a second factor. Outer storey.
"""
