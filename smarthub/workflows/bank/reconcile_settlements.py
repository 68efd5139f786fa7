"""Hold the gateway's pay-outs against our payments, every day; what differs goes before staff.

First our books are brought to what the gateway says of every charge on a pay-out, so that news
that was lost is no difference. Then the pay-out is booked, and what is left over is found.
"""

from __future__ import annotations

import datetime as dt
import logging

from smarthub.cooperative.queries import get_policy, get_zone
from smarthub.kernel.errors import Unavailable
from smarthub.kernel.fault_points import reach
from smarthub.kernel.period import local_day
from smarthub.payments import operations, queries
from smarthub.payments.ports import PaymentGateway, Settlement
from smarthub.workflows.bank.gateway_events import bring_to, refresh_charge
from smarthub.workflows.money.charge_payment import KEY_LIFE

LOOK_BACK = dt.timedelta(days=14)
"""So far back pay-outs are asked for; each is booked once."""
SETTLES_WITHIN = "payment.settles_within_days"
BANK_NEWS_AFTER = dt.timedelta(days=1)
"""A bank account's charge that is under way for longer is asked about, event or none."""

log = logging.getLogger(__name__)


def reconcile_settlements(*, now: dt.datetime, gateway: PaymentGateway) -> int:
    """Book new pay-outs and find what does not fit; return how many pay-outs were new.

    Raises:
        GatewayUnavailable: no answer; the next run asks again.

    Source: payments reference, section 1.2 rule 7.
    """
    today = local_day(now, get_zone())
    settlements = gateway.list_settlements(since=today - LOOK_BACK)
    reach("settlement.fetched")
    booked = sum(_book(settlement, now, gateway) for settlement in settlements)
    _ask_about_bank_charges(now, gateway)
    _find_overdue(now, today, gateway)
    return booked


def _book(settlement: Settlement, now: dt.datetime, gateway: PaymentGateway) -> bool:
    if queries.is_settlement_known(gateway=gateway.name, reference=settlement.reference):
        return False
    for reference in dict.fromkeys(line.charge_reference for line in settlement.lines):
        _bring_up_to_date(reference, now, gateway)
    reach("settlement.charges_asked")
    is_news = operations.record_settlement(gateway=gateway.name, settlement=settlement, now=now)
    reach("settlement.booked")
    return is_news


def _bring_up_to_date(reference: str, now: dt.datetime, gateway: PaymentGateway) -> None:
    state = gateway.get_charge(reference=reference)
    if state is None:
        return
    key = queries.find_attempt_key(gateway=gateway.name, key=state.key, reference=reference)
    if key is not None:
        bring_to(key=key, state=state, now=now)


def _ask_about_bank_charges(now: dt.datetime, gateway: PaymentGateway) -> None:
    under_way = queries.list_under_way(gateway=gateway.name, made_before=now - BANK_NEWS_AFTER)
    for key, reference in under_way:
        try:
            refresh_charge(key=key, reference=reference, now=now, gateway=gateway)
        except Unavailable:
            log.warning("bank charge %s could not be asked about", key)


def _find_overdue(now: dt.datetime, today: dt.date, gateway: PaymentGateway) -> None:
    days = int(get_policy(key=SETTLES_WITHIN, on=today))
    operations.find_unsettled(
        gateway=gateway.name, made_before=now - dt.timedelta(days=days), now=now
    )
    still_unknown = [
        attempt.key
        for attempt in queries.list_waiting_attempts(made_before=now)
        if now - attempt.made_at > KEY_LIFE
    ]
    operations.find_unanswered(keys=still_unknown, now=now)
