"""The receipt as a file: tagged, in both languages, and honest about money that went back."""

from __future__ import annotations

import io
import uuid

import pikepdf
import pytest

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.payments.receipts import receipt_data, render_receipt
from smarthub.payments.types import (
    AttemptState,
    Part,
    PaymentId,
    PaymentOutcome,
    PaymentStatus,
)
from tests.billing.sample_bill import COOPERATIVE
from tests.billing.test_printing import tags
from tests.cast import NOW

OUTCOME = PaymentOutcome(
    payment_id=PaymentId(uuid.UUID("00000000-0000-4000-8000-0000000000aa")),
    state=AttemptState.SUCCESS,
    reason="",
    amount=Money(1_234_56),
    parts=(
        Part(AccountId(1), "1001", Money(1_000_00)),
        Part(AccountId(2), "1002", Money(234_56)),
    ),
    receipt_number="00000-00000",
    method_brand="Visa",
    method_last4="4242",
    received_at=NOW,
)


def draw(language: str, status: PaymentStatus = PaymentStatus.PAID) -> bytes:
    return render_receipt(
        outcome=OUTCOME,
        status=status,
        payer="Maria *Alvarez* #[x]",
        language=language,
        cooperative=COOPERATIVE,
    )


@pytest.mark.parametrize(("language", "title"), [("en", "Receipt"), ("es", "Recibo de pago")])
def test_is_tagged_for_those_who_hear_it(language: str, title: str) -> None:
    with pikepdf.open(io.BytesIO(draw(language))) as pdf:
        roles = [role for role, _ in tags(pdf)]
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == title
        assert str(pdf.Root.Lang).startswith(language)
        assert len(pdf.pages) == 1

    assert {"H1", "H2", "Table", "TH", "TD"} <= {role.lstrip("/") for role in roles}


def test_is_the_same_bytes_again() -> None:
    assert draw("es") == draw("es")


@pytest.mark.parametrize(
    ("language", "day", "total", "method"),
    [
        ("en", "November 22, 2026", "$1,234.56", "Visa ending in 4242"),
        ("es", "22 de noviembre de 2026", "$1,234.56", "Visa terminada en 4242"),
    ],
)
def test_says_what_came_in_when_and_how(language: str, day: str, total: str, method: str) -> None:
    said = receipt_data(
        outcome=OUTCOME,
        status=PaymentStatus.PAID,
        payer="Maria Alvarez",
        language=language,
        cooperative=COOPERATIVE,
    )

    assert [value for _, value in said["facts"]] == ["00000-00000", day, "Maria Alvarez", method]
    assert said["total"] == total
    assert [number for number, _ in said["parts"]] == ["1001", "1002"]
    assert said["alarm"] == ""


@pytest.mark.parametrize(
    "status",
    [
        PaymentStatus.RETURNED,
        PaymentStatus.DISPUTED,
        PaymentStatus.REFUNDED,
        PaymentStatus.PART_REFUNDED,
    ],
)
def test_of_money_that_went_back_says_so(status: PaymentStatus) -> None:
    for language in ("en", "es"):
        said = receipt_data(
            outcome=OUTCOME, status=status, payer="", language=language, cooperative=COOPERATIVE
        )

        assert said["alarm"]
    assert draw("en", status) != draw("en")
