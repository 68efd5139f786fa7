"""Give a template its values and get a PDF: Typst in this process, or in one that ends after it.

Knows no Django, so that a child process starts quickly. One compiler serves a whole process, one
file at a time; fonts are loaded once.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import typst

TEMPLATES: Final = Path(__file__).parents[1] / "typst"
STANDARD: Final = "ua-1"
ONE_AT_A_TIME = threading.Lock()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be drawn: a template of ours, its values, the fonts, and the date it bears."""

    template: Path
    values: object
    fonts: Path
    made: int
    tagged: bool = True
    name: str = "bill"
    """By which input the template finds its values."""


def compile_sheet(sheet: Sheet) -> bytes:
    """Return the PDF; the same sheet gives the same bytes."""
    with ONE_AT_A_TIME:
        pdf = _compiler(sheet.template.parent, sheet.fonts).compile(
            input=str(sheet.template),
            format="pdf",
            pdf_standards=[STANDARD] if sheet.tagged else [],
            pdf_tags=sheet.tagged,
            sys_inputs={sheet.name: json.dumps(sheet.values, ensure_ascii=False)},
            timestamp=sheet.made,
        )
    assert isinstance(pdf, bytes)  # noqa: S101 (a PDF is one file)
    return pdf


def compile_apart(sheet: Sheet) -> bytes:
    """Return the PDF, drawn by a process of its own.

    A file of two hundred bills takes a gigabyte and slows what is drawn after it; both are gone
    with the process.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as apart:
        return apart.submit(compile_sheet, sheet).result()


@cache
def _compiler(root: Path, fonts: Path) -> typst.Compiler:
    if not any(fonts.glob("*.ttf")):
        log.warning("No fonts in %s: bills are drawn in a substitute until they are built.", fonts)
    return typst.Compiler(
        root=str(root),
        font_paths=[str(fonts)] if fonts.is_dir() else [],
        ignore_system_fonts=True,
    )
