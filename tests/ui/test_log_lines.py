"""The process log is one JSON object a line, whatever somebody puts into it."""

from __future__ import annotations

import json
import logging
import sys

from smarthub.ui.log_lines import JsonLines


def line_of(message: str, *values: object, exc_info: object = None) -> str:
    record = logging.LogRecord("house", logging.WARNING, "f.py", 1, message, values, exc_info)  # type: ignore[arg-type]
    record.created = 1_732_298_400  # 22 November 2024, 18:00 UTC
    return JsonLines().format(record)


def test_says_when_how_grave_who_and_what() -> None:
    assert json.loads(line_of("asked for %s", "/bills/")) == {
        "at": "2024-11-22T18:00:00+00:00",
        "level": "WARNING",
        "by": "house",
        "message": "asked for /bills/",
    }


def test_nobody_writes_a_line_of_their_own() -> None:
    forged = '/x\r\n{"level": "INFO", "message": "all is well"}\u2028\x1b[2J'

    line = line_of("Not Found: %s", forged)

    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert json.loads(line)["message"] == f"Not Found: {forged}"


def test_keeps_the_stack_of_a_fault() -> None:
    line = ""
    try:
        int("wrong")
    except ValueError:
        line = line_of("it broke", exc_info=sys.exc_info())

    assert "ValueError: invalid literal" in json.loads(line)["stack"]
