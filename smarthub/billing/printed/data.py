"""Write a bill out for version 2 of its template: version 1's values, and what it adds to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import groupby
from typing import Any

from smarthub.billing import print_data as first
from smarthub.billing.engine.stub import scan_line
from smarthub.billing.print_data import drawable
from smarthub.billing.printed.handed import Handed
from smarthub.billing.printed.unbundling import unbundled
from smarthub.billing.printed.wording import LABELS, TERMS
from smarthub.billing.types import BilledPeriod, BillMessage, BillView, SegmentView
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.quantity import Quantity, Unit

MOST_SUMMARY_ROWS = 8
MOST_CHANGES = 3
BARS = 13


class Words(first.Words):
    """One language, in the words of version 2."""

    labels = LABELS

    def weekday(self, day: dt.date) -> str:
        """Return a day with its weekday: Monday, December 28, 2026; lunes 28 de diciembre."""
        return self.date(day, "EEEE d 'de' MMMM 'de' y" if self.language == "es" else "full")

    def day_of_month(self, day: dt.date) -> str:
        """Return a day of a year nobody doubts: December 28; 28 de diciembre."""
        return self.date(day, "d 'de' MMMM" if self.language == "es" else "MMMM d")


def print_data(
    *, bill: BillView, language: str, cooperative: Cooperative, handed: Handed
) -> dict[str, Any]:
    """Return what the template draws, as plain JSON values.

    Source: domain rules 40, 53 and 131; the sections of a bill as co-ops print them.
    """
    words = Words("es" if language.split("-", maxsplit=1)[0] == "es" else "en")
    brand = cooperative.brand
    title = words.say("title", date=words.date(bill.bill_date), account=bill.account_number)
    data = {
        "language": words.language,
        "brand": {"colour": brand.brand, "on": brand.on_brand, "soft": brand.brand_soft},
        "title": title,
        "file_title": handed.file_title or title,
        "heading": _heading(words, bill),
        "dated": words.say("dated", date=words.date(bill.bill_date)),
        "label": {key: text.in_language(words.language) for key, text in LABELS.items()},
        "coop": {
            "name": cooperative.identity.name,
            "phones": first.phones(words, cooperative),
            "address": list(cooperative.identity.mail_address),
        },
        "to": mailed_to(bill, handed),
        "head": _head(words, bill, handed),
        "facts": _facts(words, bill, handed),
        "summary": _summary(words, bill, handed),
        "changed": _changed(words, bill),
        "messages": [_message(words, each, handed.message_address) for each in bill.messages],
        "services": [
            *_invoice(words, bill),
            *(_service(words, segment) for segment in bill.segments),
        ],
        "terms": _terms(words, bill),
        "pay": _ways_to_pay(words, bill, cooperative, handed),
        "stub": _stub(words, bill, cooperative, handed),
    }
    return {key: drawable(value) for key, value in data.items()}


def _heading(words: Words, bill: BillView) -> str:
    if bill.corrects is not None:
        return words.say("corrected_bill")
    if bill.invoice is not None:
        return words.say("invoice")
    return words.say("final_bill" if bill.is_final else "your_bill")


def _head(words: Words, bill: BillView, handed: Handed) -> dict[str, Any]:
    if bill.asked > ZERO:
        return _to_pay(words, bill, handed)
    label, note = (
        ("credit", "credit_note") if bill.asked < ZERO else ("nothing_due", "nothing_note")
    )
    if bill.asked < ZERO and bill.is_final:
        note = "final_credit_note"
    return {
        "label": words.say(label),
        "amount": words.money(_size(bill.asked)),
        "note": words.say(note),
        "more": [],
        "alarm": "",
    }


def _to_pay(words: Words, bill: BillView, handed: Handed) -> dict[str, Any]:
    draft = handed.auto_pay.draft_on if handed.auto_pay else None
    more = []
    if draft is not None:
        note = words.say("draft", date=words.weekday(draft))
    else:
        note = words.say("due_by", date=words.weekday(bill.due_date))
        more += [words.say("by_hand")] if handed.auto_pay else []
        more += _after_due(words, bill)
    alarm = words.say("past_due", amount=words.money(bill.past_due)) if bill.past_due else ""
    return {
        "label": words.say("amount_due"),
        "amount": words.money(bill.asked),
        "note": note,
        "more": more,
        "alarm": alarm,
    }


def _after_due(words: Words, bill: BillView) -> list[str]:
    if not bill.late_charge:
        return []
    return [
        words.say(
            "after_due",
            date=words.day_of_month(bill.due_date),
            amount=words.money(bill.asked + bill.late_charge),
            charge=words.money(bill.late_charge),
        )
    ]


def _facts(words: Words, bill: BillView, handed: Handed) -> list[list[str]]:
    """Return the numbers a caller is asked for; the holder too, where the mail goes to another."""
    facts = [
        ("account_number", bill.account_number),
        ("old_number", bill.old_number),
        ("address", bill.address),
        ("bill_number", bill.number),
        ("member", "" if bill.holder in mailed_to(bill, handed) else bill.holder),
        ("online_code", handed.online_code),
    ]
    return [[words.say(label), value] for label, value in facts if value]


def _summary(words: Words, bill: BillView, handed: Handed) -> dict[str, Any]:
    """What was owed, what came in, each service, and the sum: it is the sum that was stored."""
    credit = handed.auto_pay_credit
    rows = [[words.say("previous"), words.money(bill.previous)]]
    changes = [
        ("payments", bill.payments),
        ("auto_pay_credit", -credit),
        ("adjustments", bill.adjustments + credit),
    ]
    rows += [[words.say(label), words.money(amount)] for label, amount in changes if amount]
    if bill.invoice is not None:
        rows += [[words.say("invoice"), words.money(bill.invoice.total)]]
    rows += [[name, words.money(total)] for name, total in _service_sums(words, bill.segments)]
    if bill.given_this_year:
        year = words.money(bill.given_this_year)
        rows += [[words.say("round_up", year=year), words.money(bill.gift)]]
    label = "credit" if bill.asked < ZERO else "amount_due"
    return {"rows": rows, "total": [words.say(label), words.money(bill.asked)]}


def _service_sums(words: Words, segments: Sequence[SegmentView]) -> list[tuple[str, Money]]:
    """One row for each service at each place; for each service only, where that is too many."""
    several = len({each.address for each in segments}) > 1
    by_place: dict[tuple[str, str], Money] = {}
    for each in segments:
        key = (each.service, each.address)
        by_place[key] = by_place.get(key, ZERO) + each.total
    if len(by_place) <= MOST_SUMMARY_ROWS:
        return [
            (f"{words.service(service)}, {place}" if several else words.service(service), total)
            for (service, place), total in by_place.items()
        ]
    ordered = sorted(segments, key=lambda each: each.service)
    return [
        (_several(words, service, group := list(same)), Money.sum(each.total for each in group))
        for service, same in groupby(ordered, key=lambda each: each.service)
    ]


def _several(words: Words, service: str, group: Sequence[SegmentView]) -> str:
    name = words.service(service)
    return name if len(group) == 1 else words.say("places", service=name, count=len(group))


def _changed(words: Words, bill: BillView) -> list[str]:
    """Return the first sentences only: a bill of forty services has its pages for the others."""
    if bill.invoice is not None:
        return [words.say("invoice_note")]
    told = first.changed(words, bill)[: 1 + MOST_CHANGES]
    if bill.corrects is not None and bill.corrects.other:
        return [words.say("corrects", number=bill.corrects.other), *told]
    return told


def _message(words: Words, message: BillMessage, address: str) -> dict[str, Any]:
    site = address.format(number=message.number).partition("://")[2] if address else ""
    paragraphs = words.text(message.text).splitlines()
    return {
        "title": words.text(message.title),
        "text": [each for each in paragraphs if each.strip()],
        "more": words.say("message_more", address=site) if site and message.more else "",
    }


def _service(words: Words, segment: SegmentView) -> dict[str, Any]:
    told = first.service(words, segment)
    return told | {
        "notes": [*told["notes"], *_settles(words, segment), *_netted(words, segment)],
        "blocks": [
            {"name": words.say(name) if name else "", "total": words.money(total), "lines": lines}
            for name, total, lines in _blocks(words, segment)
        ],
        "compared": _compared(words, segment),
        "chart": _chart(words, segment),
    }


def _invoice(words: Words, bill: BillView) -> Iterator[dict[str, Any]]:
    """Draw what a one-time invoice is for as the page draws a service: no meter, no rate."""
    if bill.invoice is None:
        return
    lines = [
        [words.text(line.text), words.say("once"), "", words.money(line.amount)]
        for line in bill.invoice.lines
    ]
    total = words.money(bill.invoice.total)
    yield {
        "name": words.say("invoice"),
        "address": bill.invoice.address,
        "period": words.date(bill.bill_date, "medium"),
        "plan": words.say("once"),
        "sentence": "",
        "reads": [],
        "notes": [],
        "lines": lines,
        "blocks": [{"name": "", "total": total, "lines": lines}],
        "total": [words.say("invoice"), total],
        "compared": None,
        "chart": None,
    }


def _settles(words: Words, segment: SegmentView) -> list[str]:
    return [words.say("settles_note")] if segment.settles else []


def _netted(words: Words, segment: SegmentView) -> Iterator[str]:
    """Say how the energy billed comes about where what was given back is gathered in a bank."""
    if segment.netted is not None:
        kwh = asdict(segment.netted).items()
        yield words.say(
            "netted", **{name: words.quantity(Quantity(v, Unit.KWH)) for name, v in kwh}
        )


def _blocks(words: Words, segment: SegmentView) -> Iterator[tuple[str, Money, list[list[str]]]]:
    for name, lines in unbundled(lines=segment.lines):
        total = Money.sum(line.amount for line in lines)
        yield name, total, [first.line_cells(words, line) for line in lines]


def _compared(words: Words, segment: SegmentView) -> dict[str, Any] | None:
    """This period beside the last and the same of last year: a column each, a row each figure."""
    known = [
        (words.say(label), period)
        for label, period in (
            ("this_bill", segment.this_bill),
            ("last_bill", segment.last_bill),
            ("last_year", segment.last_year),
        )
        if period is not None
    ]
    if segment.use is None or len(known) < 2:  # noqa: PLR2004 (one compares with nothing)
        return None
    unit = words.unit(segment.use.unit)
    rows = [_compared_row(words, key, unit, [each for _label, each in known]) for key in ROWS]
    return {"head": ["", *(label for label, _each in known)], "rows": [row for row in rows if row]}


ROWS = ("days", "use", "daily_use", "daily_cost", "temperature")


def _compared_row(
    words: Words, key: str, unit: str, periods: Iterable[BilledPeriod]
) -> list[str] | None:
    shown = [_figure(words, key, period) for period in periods]
    if not any(shown):
        return None
    name = words.say(key)
    if key in {"use", "daily_use"}:
        name = f"{name}, {unit}"
    return [name, *(each or first.DASH for each in shown)]


def _figure(words: Words, key: str, period: BilledPeriod) -> str:
    match key:
        case "days":
            return str(period.period.days)
        case "use":
            return words.number(period.quantity)
        case "daily_use":
            return words.number(period.daily_use, least=1)
        case "daily_cost":
            return words.money(period.daily_cost)
        case _:
            return "" if period.mean_f is None else f"{words.number(period.mean_f, most=0)}°"


def _chart(words: Words, segment: SegmentView) -> dict[str, Any] | None:
    """Bars as shares of the tallest, and how warm each period was; none for a first bill."""
    history = segment.history[-BARS:]
    if segment.use is None or len(history) < 2:  # noqa: PLR2004 (two make a comparison)
        return None
    tallest = max((each.quantity for each in history), default=Decimal(0))
    warm = any(each.mean_f is not None for each in history)
    values = {"service": words.service(segment.service), "unit": words.unit(segment.use.unit)}
    told = ", ".join(_told(words, each) for each in history)
    return {
        "title": words.say("history_warmth" if warm else "history", **values),
        "alt": words.say("history_alt", bars=told, **values),
        "warm": warm,
        "bars": [_bar(words, each, tallest) for each in history],
    }


def _told(words: Words, each: BilledPeriod) -> str:
    month = words.date(each.period.last_day, "MMM y")
    used = words.number(each.quantity, most=0)
    warmth = "" if each.mean_f is None else f" ({words.number(each.mean_f, most=0)} °F)"
    return f"{month} {used}{warmth}"


def _bar(words: Words, each: BilledPeriod, tallest: Decimal) -> dict[str, Any]:
    share = max(each.quantity, Decimal(0)) / tallest if tallest > 0 else Decimal(0)
    return {
        "share": float(share),
        "name": words.date(each.period.last_day, "MMM"),
        "figure": words.number(each.quantity, most=0),
        "warmth": "" if each.mean_f is None else words.number(each.mean_f, most=0),
    }


def _terms(words: Words, bill: BillView) -> list[list[str]]:
    """Return what the words of a bill of one service mean; a longer bill has no room for them."""
    if len(bill.segments) != 1:
        return []
    return [
        [words.text(line.name), words.text(TERMS[line.code])]
        for line in bill.segments[0].lines
        if line.code in TERMS
    ]


def _ways_to_pay(
    words: Words, bill: BillView, cooperative: Cooperative, handed: Handed
) -> dict[str, Any]:
    """Return how to pay; to whoever owes nothing only whom to ask."""
    if bill.asked > ZERO:
        told = first.ways_to_pay(words, cooperative, handed.pay_address)
        opens = handed.pay_link or handed.pay_address
        return told | {"heading": words.say("how_to_pay"), "qr_for": opens}
    asking = words.say("help_unneeded", phone=cooperative.identity.office_phone)
    return {
        "heading": words.say("questions"),
        "ways": [],
        "help": asking,
        "qr_alt": "",
        "qr_for": "",
    }


def _stub(words: Words, bill: BillView, cooperative: Cooperative, handed: Handed) -> dict[str, Any]:
    identity = cooperative.identity
    draft = handed.auto_pay.draft_on if handed.auto_pay else None
    to_pay = max(bill.asked, ZERO)
    line = scan_line(account_number=bill.account_number, amount=to_pay, due_date=bill.due_date)
    note = "stub_draft" if to_pay and draft else "stub" if to_pay else "stub_unneeded"
    return {
        "note": words.say(note, name=identity.name),
        "from": mailed_to(bill, handed),
        "to": [identity.name, *identity.pay_by_mail_address],
        "facts": list(_stub_facts(words, bill, to_pay, draft)),
        "enclosed": words.say("enclosed") if to_pay and not draft else "",
        "scan_line": (line or "").replace(" ", ""),  # machines read it without spaces
    }


def _stub_facts(
    words: Words, bill: BillView, to_pay: Money, draft: dt.date | None
) -> Iterator[list[str]]:
    yield [words.say("account_number"), bill.account_number]
    yield [words.say("amount_due"), words.money(to_pay)]
    if draft is not None and to_pay:
        yield [words.say("draft_on"), words.date(draft, "medium")]
        return
    yield [words.say("due_date"), words.date(bill.due_date, "medium")]
    if bill.late_charge and to_pay:
        yield [words.say("after_due_short"), words.money(to_pay + bill.late_charge)]


def mailed_to(bill: BillView, handed: Handed) -> list[str]:
    """Return the lines the bill is posted to, the name first."""
    return [line for line in handed.mailing or (bill.holder, bill.address) if line]


def _size(amount: Money) -> Money:
    return max(amount, -amount)
