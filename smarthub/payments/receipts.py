"""Draw the receipt of a payment as a tagged PDF (PDF/UA-1), in English or Spanish.

It says what came in, when and how, and for which accounts: never a whole card or bank number. Of
money that went back again it says so, for a receipt is kept and shown to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_currency
from django.conf import settings

from smarthub.billing.printed.compiling import Sheet, compile_sheet
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.kernel.text import Text
from smarthub.payments.types import PaymentOutcome, PaymentStatus

TEMPLATE = Path(__file__).parent / "typst" / "receipt.typ"
LOCALES = {"en": "en_US", "es": "es_US"}

LABELS: Final[Mapping[str, Text]] = {
    "title": Text("Receipt", "Recibo de pago"),
    "number": Text("Receipt number", "Número de recibo"),
    "received": Text("Received on", "Recibido el"),
    "payer": Text("Paid by", "Pagado por"),
    "method": Text("Paid with", "Pagado con"),
    "method_ending": Text("{brand} ending in {last4}", "{brand} terminada en {last4}"),
    "parts": Text("What it paid", "Qué se pagó"),
    "account": Text("Account", "Cuenta"),
    "amount": Text("Amount", "Monto"),
    "fee": Text("Fee for paying", "Cargo por pagar"),
    "total": Text("Total", "Total"),
    "note": Text(
        "Thank you. Please keep this receipt; we find the payment again by its number.",
        "Gracias. Guarde este recibo; con su número encontramos el pago.",
    ),
}
ALARMS: Final[Mapping[PaymentStatus, Text]] = {
    PaymentStatus.RETURNED: Text(
        "The bank returned this payment. What it paid is due again.",
        "El banco devolvió este pago. Lo que pagó vuelve a adeudarse.",
    ),
    PaymentStatus.DISPUTED: Text(
        "This payment is disputed. What it paid is due again.",
        "Este pago está en disputa. Lo que pagó vuelve a adeudarse.",
    ),
    PaymentStatus.REFUNDED: Text(
        "This payment was given back in full.", "Este pago se devolvió por completo."
    ),
    PaymentStatus.PART_REFUNDED: Text(
        "A part of this payment was given back.", "Una parte de este pago se devolvió."
    ),
}
"""What a receipt says first where the money did not stay."""


def render_receipt(
    *,
    outcome: PaymentOutcome,
    status: PaymentStatus,
    payer: str,
    language: str,
    cooperative: Cooperative,
) -> bytes:
    """Return the receipt as PDF.

    Args:
        outcome: The payment, which has succeeded.
        status: How it stands now: money that went back is said to have.
        payer: Who paid.
        language: ``es`` for Spanish; anything else is drawn in English.
        cooperative: Who received it, as they are on the day it is drawn.

    Source: domain rules 52, 128 and 131.
    """
    data = receipt_data(
        outcome=outcome, status=status, payer=payer, language=language, cooperative=cooperative
    )
    made = int(outcome.received_at.timestamp())
    fonts = Path(settings.FONTS_DIR)
    return compile_sheet(Sheet(TEMPLATE, values=data, fonts=fonts, made=made, name="receipt"))


def receipt_data(
    *,
    outcome: PaymentOutcome,
    status: PaymentStatus,
    payer: str,
    language: str,
    cooperative: Cooperative,
) -> dict[str, Any]:
    """Return every word and figure of a receipt, written out in a language."""
    spoken = "es" if language.startswith("es") else "en"
    label = {name: text.in_language(spoken) for name, text in LABELS.items()}
    alarm = ALARMS.get(status)
    on = local_day(outcome.received_at, cooperative.zone)
    return {
        "language": spoken,
        "title": label["title"],
        "brand": cooperative.brand.brand,
        "coop": {
            "name": cooperative.identity.name,
            "address": list(cooperative.identity.mail_address),
            "phone": cooperative.identity.office_phone,
        },
        "alarm": alarm.in_language(spoken) if alarm else "",
        "facts": _facts(outcome, payer, label, format_date(on, "long", LOCALES[spoken])),
        "label": label,
        "parts": _parts(outcome, label["fee"], spoken),
        "total": _money(outcome.charged, spoken),
        "note": label["note"],
    }


def _parts(outcome: PaymentOutcome, fee: str, language: str) -> list[list[str]]:
    parts = [[part.account_number, _money(part.amount, language)] for part in outcome.parts]
    return [*parts, [fee, _money(outcome.fee, language)]] if outcome.fee else parts


def _facts(
    outcome: PaymentOutcome, payer: str, label: Mapping[str, str], day: str
) -> list[tuple[str, str]]:
    facts = [(label["number"], outcome.receipt_number), (label["received"], day)]
    if payer:
        facts.append((label["payer"], payer))
    if outcome.method_last4:
        words = label["method_ending"].format(
            brand=outcome.method_brand, last4=outcome.method_last4
        )
        facts.append((label["method"], words))
    return facts


def _money(amount: Money, language: str) -> str:
    return format_currency(amount.dollars, "USD", locale=LOCALES[language])
