"""Formulas of billing: the calendar, the stub's scan line, and a bill drafted from its facts."""
