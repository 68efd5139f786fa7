"""SmartHub: the member portal of a utility co-operative.

The packages are storeys of one house; ``docs/architecture.md`` shows the way through it and
``pyproject.toml`` holds the import contracts that keep it so.
"""

__version__ = "0.1.0"
