"""Rates and what shapes them: comparing, drafting, solar shares, tax districts, certificates."""
