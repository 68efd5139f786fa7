"""Meter reads on their way in: files taken, days completed, and what failed a check decided."""
