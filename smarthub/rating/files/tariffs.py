"""Read a tariff from a YAML file; a fault names the line it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from smarthub.kernel.errors import Refused
from smarthub.rating.types import Lined, Tariff


class TariffUnreadable(Refused):
    """The file is no YAML, or no mapping of fields; ``line`` says where."""

    code = "tariff_unreadable"


class LinedLoader(yaml.SafeLoader):
    """A safe loader whose mappings remember their lines, and which keeps numbers as written."""


def read_tariff_file(*, text: str) -> Tariff:
    """Return the tariff a YAML file holds.

    Raises:
        TariffUnreadable: it is no YAML mapping, or writes a field twice.
        Refused: the definition is not sound; ``values["line"]`` says where it can be told.

    Source: docs/schema/tariff.schema.json; domain rule 24.
    """
    return Tariff.from_json(read_definition(text=text))


def read_definition(*, text: str) -> Mapping[str, Any]:
    """Return the plain data of a YAML file, each mapping with its lines.

    Raises:
        TariffUnreadable: see ``read_tariff_file``.
    """
    try:
        definition = yaml.load(text, Loader=LinedLoader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise TariffUnreadable(line=line, problem=str(error.problem)) from None
    if not isinstance(definition, Mapping):
        raise TariffUnreadable(line=1, problem="no fields")
    return definition


def _mapping(loader: LinedLoader, node: yaml.MappingNode) -> Lined:
    lines: dict[str, int] = {}
    fields: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node))
        line = key_node.start_mark.line + 1
        if key in fields:
            raise TariffUnreadable(line=line, problem=f"{key} is written twice")
        fields[key] = loader.construct_object(value_node, deep=True)
        lines[key] = line
    return Lined(fields, line=node.start_mark.line + 1, lines=lines)


def _as_written(_loader: LinedLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


LinedLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
LinedLoader.add_constructor("tag:yaml.org,2002:float", _as_written)
LinedLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)
