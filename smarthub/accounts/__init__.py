"""Premises, service points, accounts, service agreements, dated roles, and the doors.

``access`` is the only way from a person to an account; outer storeys get an ``AccountId``
nowhere else. Money hangs on agreements, meter history on service points.
"""
