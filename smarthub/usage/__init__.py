"""Use by the interval, the day and the period, and comparisons between them.

Derived from ``metering`` and never stored as truth: computing it again gives the same rows. The
only rows of its own are notes members pin to days, and forecasts of the weather ahead. Has never
heard of rates or bills. ``loads`` brings the intervals of thousands of places at once.
"""
