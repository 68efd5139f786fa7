"""Tariffs as dated data, and the formulas that price usage under them.

``engine`` is pure: the same usage and the same tariff version give the same lines for ever.
Never reads meters and never writes bills.
"""
