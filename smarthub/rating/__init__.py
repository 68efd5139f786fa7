"""Tariffs as dated data, and the formulas that price usage under them.

``engine`` is pure: the same usage and the same tariff version give the same lines for ever.
Never reads meters and never writes bills. ``files`` reads tariffs and loads that people bring as
files, and ``urdb`` is the one other notation of a tariff that is published; both are values in
and values out, and so have no rows, queries or operations of their own.
"""
