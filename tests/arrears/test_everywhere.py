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

ONLY_FAILS = {"bank/own_bank_account"}
"""Workflows that record an answer only to say that a payment never went out."""


def books_money(path: Path) -> bool:
    text = path.read_text()
    name = path.relative_to(WORKFLOWS).with_suffix("").as_posix()
    return name not in ONLY_FAILS and any(call in text for call in BOOKS_MONEY)


@pytest.mark.parametrize("name", sorted(ONLY_FAILS))
def test_what_only_fails_payments_records_no_other_answer(name: str) -> None:
    text = (WORKFLOWS / f"{name}.py").read_text()

    assert text.count("operations.record_") == 1
    assert "operations.record_answer(key=key, state=AttemptState.FAILED," in text


def test_there_are_workflows_that_book_money() -> None:
    assert len([path for path in WORKFLOWS.glob("*/*.py") if books_money(path)]) >= 4


@pytest.mark.parametrize(
    "path", [path for path in WORKFLOWS.glob("*/*.py") if books_money(path)], ids=lambda p: p.stem
)
def test_each_stops_the_process_of_a_debt_that_is_gone(path: Path) -> None:
    assert "stop_if_paid(" in path.read_text() or "stop_if_cleared(" in path.read_text()
