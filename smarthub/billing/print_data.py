"""Write a bill out for its template: every label, date and amount as the reader will see it.

This is version 1 of the printed bill: what it says is settled, for its bills were sent. Version 2
(``printed.data``) says otherwise what it says otherwise, in a file of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from babel.dates import format_date
from babel.numbers import format_decimal

from smarthub.billing.engine.stub import scan_line
from smarthub.billing.types import BilledPeriod, BillView, MeterRead, SegmentView
from smarthub.billing.wording import LABELS, READ_KINDS, SERVICES, UNITS
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text
from smarthub.rating.types import PricedLine

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
UNDRAWABLE = re.compile(
    r"[^\u0020-\u007e\u00a0-\u02ff\u0370-\u0482\u048a-\u04ff\u1e00-\u1eff\u2010-\u203a\u20ac\u2212]"
)
LEAST_DECIMALS = 4
ONE_DAY = dt.timedelta(days=1)


def print_data(
    *,
    bill: BillView,
    language: str,
    cooperative: Cooperative,
    pay_address: str,
    online_code: str = "",
) -> dict[str, Any]:
    """Return what the template draws, as plain JSON values."""
    words = Words("es" if language.split("-", maxsplit=1)[0] == "es" else "en")
    identity = cooperative.identity
    data = {
        "language": words.language,
        "brand": cooperative.brand.brand,
        "title": words.say("title", date=words.date(bill.bill_date), account=bill.account_number),
        "label": {key: text.in_language(words.language) for key, text in LABELS.items()},
        "coop": {"name": identity.name, "phones": phones(words, cooperative)},
        "head": _head(words, bill),
        "facts": _facts(words, bill, online_code),
        "summary": _summary(words, bill),
        "changed": changed(words, bill),
        "services": [service(words, segment) for segment in bill.segments],
        "pay": ways_to_pay(words, cooperative, pay_address),
        "stub": _stub(words, bill, cooperative),
    }
    return {key: drawable(value) for key, value in data.items()}


def drawable(value: Any) -> Any:
    """Put ``?`` for letters our fonts lack: an accessible PDF refuses what it cannot draw.

    Latin, Greek and Cyrillic are all there, and so is the punctuation around them.
    """
    match value:
        case str():
            plain = " ".join(normalize("NFC", value).split())
            seen = "".join(letter if letter.isprintable() else "?" for letter in plain)
            return UNDRAWABLE.sub("?", seen)
        case list():
            return [drawable(each) for each in value]
        case dict():
            return {key: drawable(each) for key, each in value.items()}
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its labels, and how it writes dates, amounts and quantities."""

    language: str
    labels = LABELS

    @property
    def locale(self) -> str:
        """The language as it is written in the United States."""
        return f"{self.language}_US"

    def text(self, text: Text) -> str:
        """Return a text in this language."""
        return text.in_language(self.language)

    def say(self, label: str, **values: object) -> str:
        """Return a label, its places filled."""
        return self.text(self.labels[label]).format(**values)

    def date(self, day: dt.date, style: str = "long") -> str:
        """Return a date: ``long`` (November 1, 2026), ``full`` with weekday, or a pattern."""
        return format_date(day, style, locale=self.locale)

    def number(self, value: Decimal, least: int = 0, most: int = 3) -> str:
        """Return a number with at least and at most so many decimals."""
        pattern = f"#,##0.{'0' * least}{'#' * (most - least)}".rstrip(".")
        return format_decimal(value, format=pattern, locale=self.locale).replace("-", MINUS)

    def money(self, amount: Money) -> str:
        """Return an amount with cents; a credit has a minus sign."""
        return str(amount).replace("-", MINUS)

    def service(self, code: str) -> str:
        """Return the name of a service."""
        return self.text(SERVICES[code])

    def unit(self, unit: str) -> str:
        """Return the name of a unit, as it stands after a number."""
        return self.text(UNITS[unit])

    def quantity(self, quantity: Quantity) -> str:
        """Return a number and its unit."""
        return f"{self.number(quantity.value)} {self.unit(quantity.unit)}"


def phones(words: Words, cooperative: Cooperative) -> list[list[str]]:
    """Return whom to call about what, as far as the co-op named them."""
    identity = cooperative.identity
    phones = [
        ("outage", identity.outage_phone),
        ("gas_leak", identity.gas_phone),
        ("office", identity.office_phone),
    ]
    return [[words.say(label), phone] for label, phone in phones if phone]


def _head(words: Words, bill: BillView) -> dict[str, str]:
    if bill.asked > ZERO:
        label, note = "amount_due", words.say("due_by", date=words.date(bill.due_date, "full"))
    elif bill.asked < ZERO:
        label, note = "credit", words.say("credit_note")
    else:
        label, note = "nothing_due", words.say("nothing_note")
    amount = words.money(max(bill.asked, -bill.asked))
    return {"label": words.say(label), "amount": amount, "note": note}


def _facts(words: Words, bill: BillView, online_code: str) -> list[list[str]]:
    facts = [
        ("account_number", bill.account_number),
        ("online_code", online_code),
        ("member", bill.holder),
        ("address", bill.address),
        ("bill_number", bill.number),
        ("bill_date", words.date(bill.bill_date)),
    ]
    return [[words.say(label), value] for label, value in facts if value]


def _summary(words: Words, bill: BillView) -> dict[str, Any]:
    changes = [("payments", bill.payments), ("adjustments", bill.adjustments)]
    rows = [[words.say("previous"), words.money(bill.previous)]]
    rows += [[words.say(label), words.money(amount)] for label, amount in changes if amount]
    rows += [
        [_service_name(words, segment, bill), words.money(segment.total)]
        for segment in bill.segments
    ]
    label = "credit" if bill.asked < ZERO else "amount_due"
    return {"rows": rows, "total": [words.say(label), words.money(bill.asked)]}


def _service_name(words: Words, segment: SegmentView, bill: BillView) -> str:
    """The service; with its place, where the bill has several places."""
    name = words.service(segment.service)
    several = len({each.address for each in bill.segments}) > 1
    return f"{name}, {segment.address}" if several else name


def changed(words: Words, bill: BillView) -> list[str]:
    """Return sentences on what is otherwise than on the last bill."""
    if bill.last_charges is None:
        return [words.say("first_bill")]
    more = bill.charges - bill.last_charges
    sentences = [_compared(words, "charges", more.dollars, words.money(max(more, -more)))]
    sentences += [
        sentence for segment in bill.segments for sentence in _use_changed(words, segment)
    ]
    return sentences


def _use_changed(words: Words, segment: SegmentView) -> Iterator[str]:
    this, last, use = segment.this_bill, segment.last_bill, segment.use
    if this is None or last is None or use is None:
        return
    more = this.daily_use - last.daily_use
    values = {
        "service": words.service(segment.service),
        "now": words.number(this.daily_use, least=1),
        "unit": words.unit(use.unit),
    }
    sentence = _compared(words, "use", more, words.number(abs(more), least=1), **values)
    yield " ".join([sentence, *_weather_changed(words, this, last)])


def _weather_changed(words: Words, this: BilledPeriod, last: BilledPeriod) -> Iterator[str]:
    if this.mean_f is None or last.mean_f is None:
        return
    degrees = round(this.mean_f - last.mean_f)
    if degrees:
        yield words.say("warmer" if degrees > 0 else "colder", degrees=abs(degrees))


def _compared(words: Words, what: str, more: Decimal, amount: str, **values: str) -> str:
    direction = "more" if more > 0 else "less" if more < 0 else "same"
    return words.say(f"{what}_{direction}", amount=amount, **values)


def service(words: Words, segment: SegmentView) -> dict[str, Any]:
    """Return one service: period, reads, lines, comparison and chart."""
    name = words.service(segment.service)
    plan = words.say("rate_plan", code=segment.tariff_code, name=words.text(segment.tariff_name))
    return {
        "name": name,
        "address": segment.address,
        "period": _period(words, segment),
        "plan": plan,
        "sentence": words.text(segment.tariff_sentence) if segment.tariff_sentence else "",
        "reads": [_read(words, read) for read in segment.reads],
        "notes": list(_notes(words, segment)),
        "lines": [line_cells(words, line) for line in segment.lines],
        "total": [words.say("service_total", service=name), words.money(segment.total)],
        "compared": _comparison(words, segment),
        "chart": _chart(words, segment),
    }


def _period(words: Words, segment: SegmentView) -> str:
    """The period as people count it: with its last day, not the day after."""
    period = segment.period
    shown = words.say(
        "period",
        start=words.date(period.start, "medium"),
        end=words.date(period.last_day, "medium"),
        days=period.days,
    )
    return f"{shown}, {words.say('in_advance')}" if segment.in_advance else shown


def _read(words: Words, read: MeterRead) -> list[str]:
    return [
        read.meter_serial,
        f"{words.number(read.previous)} ({words.date(read.previous_on, 'medium')})",
        f"{words.number(read.present)} ({words.date(read.present_on, 'medium')})",
        words.text(READ_KINDS[read.kind]),
        words.number(read.multiplier),
        words.quantity(Quantity(read.quantity, read.unit)),
    ]


def _notes(words: Words, segment: SegmentView) -> Iterator[str]:
    if segment.is_estimated:
        yield words.say("estimated_note")
    billed = next((line for line in segment.lines if line.unit is Unit.THERM), None)
    if segment.conversion_factor is not None and segment.use and billed:
        yield words.say(
            "converted",
            use=words.quantity(segment.use),
            factor=words.number(segment.conversion_factor),
            billed=words.quantity(Quantity(billed.quantity, billed.unit)),
        )


def line_cells(words: Words, line: PricedLine) -> list[str]:
    """Return name, quantity, rate and amount of a line."""
    return [
        words.text(line.name),
        _line_quantity(words, line),
        _line_rate(words, line),
        words.money(line.amount),
    ]


def _line_quantity(words: Words, line: PricedLine) -> str:
    if line.unit is Unit.DOLLAR:
        return words.money(Money.rounded(line.quantity))
    plural = "s" if line.unit is Unit.MONTH and line.quantity != 1 else ""
    return f"{words.number(line.quantity)} {words.unit(line.unit + plural)}"


def _line_rate(words: Words, line: PricedLine) -> str:
    if line.unit is Unit.DOLLAR:
        return f"{words.number(line.rate * 100)} %"
    if line.unit in {Unit.MONTH, Unit.DAY}:
        return f"${words.number(line.rate, least=2, most=6)}"
    rate = words.number(abs(line.rate), least=LEAST_DECIMALS, most=6)
    return f"{MINUS}${rate}" if line.rate < 0 else f"${rate}"


def _comparison(words: Words, segment: SegmentView) -> dict[str, Any] | None:
    """This period beside the last one and the same of last year, as far as they are known."""
    known = [
        (label, period)
        for label, period in (
            ("this_bill", segment.this_bill),
            ("last_bill", segment.last_bill),
            ("last_year", segment.last_year),
        )
        if period is not None
    ]
    if segment.use is None or len(known) < 2:  # noqa: PLR2004 (one compares with nothing)
        return None
    with_weather = any(period.mean_f is not None for _label, period in known)
    columns = ["days", "use", "daily_use", "daily_cost", *(["temperature"] * with_weather)]
    unit = words.unit(segment.use.unit)
    return {
        "head": ["", *(words.say(column) for column in columns)],
        "rows": [
            [words.say(label), *_compared_cells(words, period, unit)[: len(columns)]]
            for label, period in known
        ],
    }


def _compared_cells(words: Words, period: BilledPeriod, unit: str) -> list[str]:
    mean = period.mean_f
    return [
        str(period.period.days),
        f"{words.number(period.quantity)} {unit}",
        f"{words.number(period.daily_use, least=1)} {unit}",
        words.money(period.daily_cost),
        DASH if mean is None else f"{words.number(mean, most=0)} °F",
    ]


def _chart(words: Words, segment: SegmentView) -> dict[str, Any] | None:
    """Bars as shares of the tallest, with their labels; none while there is one bill only."""
    if segment.use is None or len(segment.history) < 2:  # noqa: PLR2004 (two make a comparison)
        return None
    tallest = max((each.quantity for each in segment.history), default=Decimal(0)) or Decimal(1)
    names = [words.date(each.period.last_day, "MMM") for each in segment.history]
    figures = [words.number(each.quantity, most=0) for each in segment.history]
    values = {"service": words.service(segment.service), "unit": words.unit(segment.use.unit)}
    told = (
        f"{words.date(each.period.last_day, 'MMM y')} {figure}"
        for each, figure in zip(segment.history, figures, strict=True)
    )
    return {
        "title": words.say("history", **values),
        "alt": words.say("history_alt", bars=", ".join(told), **values),
        "bars": [
            {"share": float(each.quantity / tallest), "name": name, "figure": figure}
            for each, name, figure in zip(segment.history, names, figures, strict=True)
        ],
    }


def ways_to_pay(words: Words, cooperative: Cooperative, pay_address: str) -> dict[str, Any]:
    """Return each way to pay, and what to do where something looks wrong."""
    identity = cooperative.identity
    site = pay_address.removeprefix("https://").removeprefix("http://").rstrip("/")
    offices = "; ".join(
        f"{office.address}, {office.name} ({words.text(office.hours)})"
        for office in identity.offices
    )
    ways = [
        ("online", words.say("online_note", site=site) if site else ""),
        ("by_phone", identity.pay_phone),
        ("by_mail", ", ".join((identity.name, *identity.pay_by_mail_address))),
        ("in_person", offices),
    ]
    return {
        "ways": [[words.say(label), told] for label, told in ways if told],
        "qr_alt": words.say("qr_alt", site=site),
        "help": words.say("help", phone=identity.office_phone),
    }


def _stub(words: Words, bill: BillView, cooperative: Cooperative) -> dict[str, Any]:
    identity = cooperative.identity
    to_pay = max(bill.asked, ZERO)
    line = scan_line(account_number=bill.account_number, amount=to_pay, due_date=bill.due_date)
    return {
        "note": words.say("stub" if to_pay else "stub_unneeded", name=identity.name),
        "from": [bill.holder, bill.address],
        "to": [identity.name, *identity.pay_by_mail_address],
        "facts": [
            [words.say("account_number"), bill.account_number],
            [words.say("due_date"), words.date(bill.due_date, "medium")],
            [words.say("amount_due"), words.money(to_pay)],
        ],
        "enclosed": words.say("enclosed"),
        "scan_line": (line or "").replace(" ", ""),  # machines read it without spaces
    }
