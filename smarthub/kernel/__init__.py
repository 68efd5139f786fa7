"""Values everybody shares: money, quantity, period, texts, errors, charts.

Plain Python: no Django, no database, no clock, no settings. Ground floor of the house.
"""
