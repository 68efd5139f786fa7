"""What the co-op does, step by step, and reads that join packages: one module for each.

Owns the order of steps across packages, never the rules inside one. No signals, no event bus.
"""
