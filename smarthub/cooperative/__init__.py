"""The co-op itself: identity, brand, zone, languages, offices, calendars, dated policies.

One database is one co-op. Everything that differs between co-ops is a row here with author
and date, never a Django setting. Knows no member. ``among`` and ``copying`` are here without rows,
because every package that reads or writes many at once stands above this one.
"""
