"""The public schemas of ESPI 4.0, where they are: they are not part of this project."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
import xmlschema

from tests.architecture.source import ROOT

VARIABLE = "SMARTHUB_ESPI_SCHEMAS"
FOLDER = Path(os.environ.get(VARIABLE, ROOT.parent / "shared" / "greenbutton"))
FILES = {
    "http://naesb.org/espi": "espi.xsd",
    "http://naesb.org/espi/customer": "customer.xsd",
    "http://www.w3.org/2005/Atom": "atom.xsd",
}


def faults_of(feed: str) -> list[str]:
    """Return what the schemas have against a feed; leaves the test out where there are none."""
    absent = [name for name in FILES.values() if not (FOLDER / name).is_file()]
    if absent:
        pytest.skip(
            f"left out: the ESPI 4.0 schemas {', '.join(absent)} are not in {FOLDER}; "
            f"name their folder in {VARIABLE}"
        )
    return [f"{error.path}: {error.reason}" for error in _schema().iter_errors(feed)]


@cache
def _schema() -> xmlschema.XMLSchema:
    locations = {namespace: str(FOLDER / name) for namespace, name in FILES.items()}
    schema = xmlschema.XMLSchema(FOLDER / "atom.xsd", allow="local", build=False)
    for namespace in ("http://naesb.org/espi", "http://naesb.org/espi/customer"):
        schema.add_schema(locations[namespace])
    schema.build()
    return schema
