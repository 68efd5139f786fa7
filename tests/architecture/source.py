"""The house's own source, read as text and as trees, for tests that hold its rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "smarthub"

type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def python_files(*, under: Path = HOUSE) -> tuple[Path, ...]:
    """Return the Python files below a folder, migrations left out."""
    return tuple(sorted(p for p in under.rglob("*.py") if "migrations" not in p.parts))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function of a file, methods and inner ones included."""
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, type_of_function))


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines of code a function has, its docstring left out."""
    body = function.body
    first = body[0]
    is_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def storey_of(path: Path) -> str:
    """Return the package of the house a file belongs to."""
    return path.relative_to(HOUSE).parts[0]


def docs() -> str:
    """Return everything the docs and the README say, as one text."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)
