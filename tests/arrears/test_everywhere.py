"""Wherever a workflow books money, it also stops what a debt that is gone had led to (rule 83)."""

from __future__ import annotations

from pathlib import Path

import pytest

WORKFLOWS = Path(__file__).parents[2] / "smarthub" / "workflows"
BOOKS_MONEY = (
    "operations.record_received_payments(",
    "operations.record_answer(",
    "operations.record_charge_state(",
    "operations.match_suspense(",
    "operations.move_payment(",
)
"""The operations of payments by which money reaches an account."""


def books_money(path: Path) -> bool:
    return any(call in path.read_text() for call in BOOKS_MONEY)


def test_there_are_workflows_that_book_money() -> None:
    assert len([path for path in WORKFLOWS.glob("*.py") if books_money(path)]) >= 4


@pytest.mark.parametrize(
    "path", [path for path in WORKFLOWS.glob("*.py") if books_money(path)], ids=lambda p: p.stem
)
def test_each_stops_the_process_of_a_debt_that_is_gone(path: Path) -> None:
    assert "stop_if_paid(" in path.read_text() or "stop_if_cleared(" in path.read_text()
