"""Plan an account's next bill: which period of which agreement, under which tariff versions."""

from __future__ import annotations

import datetime as dt

from smarthub.accounts.types import Agreement
from smarthub.billing.engine.calendar import calendar_month
from smarthub.billing.engine.facts import AccountFacts, Part, Plan, Terms, UnbilledAgreement
from smarthub.kernel.period import Period
from smarthub.rating.types import PublishedTariff, RateBook, Tariff, TariffMissing


def plan_account(*, account: AccountFacts, terms: Terms) -> list[Plan]:
    """Return what an account's next bill covers; nothing when all is billed.

    Raises:
        TariffMissing: an agreement's rate code has no version on the first day to be billed.
    """
    plans = (_plan(unbilled, terms) for unbilled in account.agreements)
    return [plan for plan in plans if plan is not None]


def plan_again(*, unbilled: UnbilledAgreement, period: Period, terms: Terms) -> Plan:
    """Return the plan of a period that was billed before and is to be billed again (rule 43).

    Raises:
        TariffMissing: the rate code has no version on the first day.
    """
    code, number = unbilled.agreement.tariff_code, unbilled.agreement.number
    return Plan(unbilled, period, _parts(terms.rate_book, code, number, period))


def _plan(unbilled: UnbilledAgreement, terms: Terms) -> Plan | None:
    agreement = unbilled.agreement
    start = unbilled.billed_until or agreement.starts_on
    if agreement.ends_on is not None and start >= agreement.ends_on:
        return None  # all of it is billed, even if its rate code is long gone
    version = _version_at(terms.rate_book, agreement, start)
    end = _end_of_billing(version.tariff, terms.bill_date)
    if agreement.ends_on is not None:
        end = min(end, agreement.ends_on)
    if start >= end:
        return None
    return plan_again(unbilled=unbilled, period=Period(start, end), terms=terms)


def _version_at(book: RateBook, agreement: Agreement, start: dt.date) -> PublishedTariff:
    try:
        return book.find(code=agreement.tariff_code, on=start)
    except TariffMissing as error:
        raise TariffMissing(agreement=agreement.number, **error.values) from None


def _parts(book: RateBook, code: str, agreement: str, period: Period) -> tuple[Part, ...]:
    """Cut a period where another version of the tariff takes effect (rule 31)."""
    try:
        return tuple(Part(*span) for span in book.spans(code=code, period=period))
    except TariffMissing as error:
        raise TariffMissing(agreement=agreement, **error.values) from None


def _end_of_billing(tariff: Tariff, bill_date: dt.date) -> dt.date:
    """Metered services are billed up to the bill date, subscriptions to the end of its month."""
    return calendar_month(date=bill_date).end if tariff.in_advance else bill_date
