"""The first version of the REST interface: one module per resource.

Not filled yet. Outer storey.
"""
