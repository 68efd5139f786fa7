"""The ``smarthub`` command."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Run a co-op's member portal."""
