"""The rules of the house that no import contract can see, held by reading the source."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import pytest

from tests.architecture.source import (
    HOUSE,
    ROOT,
    docs,
    functions_of,
    lines_of,
    python_files,
    storey_of,
    tree_of,
)

OUTER = ("portal", "backoffice", "api", "workflows")
SAVING = {
    "save",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "create",
    "delete",
}


def _names_called(path: Path) -> set[str]:
    calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
    return {
        call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        for call in calls
        if isinstance(call.func, ast.Name | ast.Attribute)
    }


class TestSizes:
    @pytest.mark.parametrize("under", [HOUSE, ROOT / "tests"], ids=["smarthub", "tests"])
    def test_no_file_is_over_500_lines(self, under: Path) -> None:
        long = {
            str(path.relative_to(ROOT)): count
            for path in python_files(under=under)
            if (count := len(path.read_text(encoding="utf-8").splitlines())) > 500
        }

        assert long == {}

    def test_no_function_is_over_60_lines_and_half_are_under_10(self) -> None:
        lengths = {
            f"{path.relative_to(ROOT)}:{function.name}": lines_of(function)
            for path in python_files()
            for function in functions_of(path)
        }

        assert {name: n for name, n in lengths.items() if n > 60} == {}
        assert statistics.median(lengths.values()) < 10


class TestDoors:
    def test_account_ids_are_made_only_below_the_outer_storeys(self) -> None:
        makers = [
            str(path.relative_to(ROOT))
            for path in python_files()
            if storey_of(path) in OUTER and "AccountId" in _names_called(path)
        ]

        assert makers == []

    def test_rows_are_saved_only_in_operations(self) -> None:
        savers = [
            str(path.relative_to(ROOT))
            for path in python_files()
            if path.stem != "operations" and "operations" not in path.parts and _saves_rows(path)
        ]

        assert savers == []


def _saves_rows(path: Path) -> bool:
    for node in ast.walk(tree_of(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in SAVING and ".objects" in ast.unparse(node.func.value):
            return True
    return False


class TestWords:
    def test_every_domain_package_says_what_it_is(self) -> None:
        silent = [
            str(path.parent.relative_to(ROOT))
            for path in sorted(HOUSE.glob("*/__init__.py"))
            if not ast.get_docstring(tree_of(path))
        ]

        assert silent == []

    def test_every_variable_of_the_environment_is_in_the_docs(self) -> None:
        source = "".join(p.read_text() for p in python_files() if storey_of(p) == "config")
        names = set(re.findall(r'"((?:SMARTHUB|DATABASE)_[A-Z_]+)"', source))

        assert names
        assert {name for name in names if name not in docs()} == set()

    def test_every_message_is_in_the_docs(self) -> None:
        found = (ROOT / "smarthub/notifications/templates").rglob("*.body.txt")
        names = {path.name.removesuffix(".body.txt") for path in found}

        assert "bill_ready" in names
        assert {name for name in names if f"`{name}`" not in docs()} == set()

    def test_every_policy_a_co_op_starts_with_is_in_the_docs(self) -> None:
        from smarthub.workflows.cooperative.found_cooperative import FIRST_POLICIES  # noqa: PLC0415

        assert {key for key in FIRST_POLICIES if key not in docs()} == set()

    def test_every_error_code_is_in_the_docs(self) -> None:
        codes = {
            node.value.value
            for path in python_files()
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "code"
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        }

        assert codes
        assert {code for code in codes if f"`{code}`" not in docs()} == set()

    def test_every_port_and_command_is_in_the_docs(self) -> None:
        ports = {
            node.name
            for path in python_files()
            if path.stem == "ports"
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ClassDef) and "Protocol" in ast.unparse(node)
        }
        commands = {
            path.stem
            for path in python_files(under=HOUSE / "jobs" / "management" / "commands")
            if path.stem != "__init__"
        }

        assert {name for name in ports | commands if f"`{name}`" not in docs()} == set()

    def test_no_template_carries_a_style_or_a_script_of_its_own(self) -> None:
        faults = [
            str(path.relative_to(ROOT))
            for path in HOUSE.rglob("*.html")
            if re.search(
                r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*application/json)(?![^>]*importmap)",
                path.read_text(),
            )
        ]

        assert faults == []
