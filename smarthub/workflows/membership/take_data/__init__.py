"""Everything the co-op holds about a person, as one file to take away: JSON and CSV.

``tables`` names every table that holds something of somebody, and how their rows are found; a
new table that is in neither of its two lists fails a test. ``packing`` writes the file while it
is sent, so that forty accounts with ten years need no more memory than one.
"""
