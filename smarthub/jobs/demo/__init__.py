"""The demo co-op: Prairie Ridge Energy Cooperative, invented, on real weather.

Owns what is in it and in which order it enters; never writes a row itself: people, places,
meters, rates, reads, bills and payments all go through the operations a real co-op uses. The
same seed, size and day give the same co-op, and loading it again changes nothing.
"""
