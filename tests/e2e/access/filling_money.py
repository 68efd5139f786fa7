"""What waits on the desk's money lists in the visited co-op."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from smarthub.arrears.models import WriteOff
from smarthub.arrears.operations import take_next_step
from smarthub.arrears.operations.placements import place_debts
from smarthub.arrears.operations.pledges import add_agency, record_pledge
from smarthub.arrears.queries import list_due_debts
from smarthub.arrears.types import AgencyKind, PledgeId, StepRule, WriteOffId
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, local_day
from smarthub.members.models import User
from smarthub.members.queries import get_person_of_user
from smarthub.payments.operations import (
    find_exception,
    keep_money_file,
    list_checks,
    park_in_suspense,
    record_settlement,
    take_arrival,
)
from smarthub.payments.ports import LockboxItem, ReadLockbox, Settlement, SettlementLine
from smarthub.payments.queries import list_account_ids
from smarthub.payments.types import LineKind
from smarthub.workflows.money.pay_by_link import make_staff_link


def fill_money(*, now: dt.datetime) -> None:
    """Park money nobody knows, and let a pay-out bring a charge nobody made."""
    park_in_suspense(
        source_key="lockbox:2024-12-01:1",
        amount=Money(45_00),
        channel="mail",
        told="acct 20O1, signed Wolfeschlegelsteinhausenbergerdorff",
        received_on=local_day(now, get_zone()),
        now=now,
    )
    line = SettlementLine(
        "txn_of_nobody", LineKind.CHARGE, "chg_of_nobody", Money(1_234_567_89), Money(12_34)
    )
    record_settlement(
        gateway="sandbox", settlement=Settlement("pay_1", now.date(), (line,)), now=now
    )
    _follow_one(now)
    _promise_one(now)
    _place_one(now)
    _send_a_link_that_is_over(now)
    find_exception(key="not_settled:payment:1", kind="not_settled", now=now, attempt="payment:1")


def _follow_one(now: dt.datetime) -> None:
    """Let one account be told that it is past due; no notice, so that its first page stays calm."""
    rule = replace(StepRule.from_policies({}), notice_days=60)
    period = Period(now.date() - dt.timedelta(days=60), now.date())
    for debt in list_due_debts(period=period):
        if debt.account_number == "2004":
            take_next_step(debt=debt, rule=rule, on=now.date(), closed=(), now=now)
    _fill_money_files(now)


def _promise_one(now: dt.datetime) -> None:
    """Let an agency have promised to pay for one account."""
    clerk = User.objects.filter(is_staff=True).order_by("pk")[0]
    by = get_person_of_user(user_id=clerk.pk).id
    name = "Wolfeschlegelsteinhausenbergerdorff Energy Assistance"
    add_agency(code="LIHEAP-JO", kind=AgencyKind.ASSISTANCE, name=name, by=by, now=now)
    record_pledge(
        pledge_id=PledgeId(UUID("00000000-0000-4000-8000-00000000bead")),
        account_id=list_account_ids(numbers=["2003"])["2003"],
        agency_code="LIHEAP-JO",
        amount=Money(1_234_56),
        last_day=None,
        hold_days=30,
        reference="A-1017",
        by=by,
        on=now.date(),
        now=now,
    )


def _place_one(now: dt.datetime) -> None:
    """Let one of two debts that were written off be with a collection agency."""
    clerk = User.objects.filter(is_staff=True).order_by("pk")[0]
    by = get_person_of_user(user_id=clerk.pk).id
    name = "Wolfeschlegelsteinhausenbergerdorff Collections"
    add_agency(code="COLLECT-1", kind=AgencyKind.COLLECTION, name=name, by=by, now=now)
    accounts = list_account_ids(numbers=["2013", "2014"])
    debts = [
        WriteOff.objects.create(
            id=UUID(f"00000000-0000-4000-8000-0000000d{number}"),
            account_id=account_id,
            amount_cents=1_234_567_89,
            reason="Moved away",
            on=now.date() - dt.timedelta(days=60),
            written_off_by_id=by,
            written_off_at=now - dt.timedelta(days=60),
        )
        for number, account_id in sorted(accounts.items())
    ]
    place_debts(
        file_id=UUID("00000000-0000-4000-8000-00000000f11e"),
        agency_code="COLLECT-1",
        write_off_ids=[WriteOffId(debts[0].pk)],
        after_days=30,
        by=by,
        on=now.date(),
        now=now,
    )


def _fill_money_files(now: dt.datetime) -> None:
    """Let the bank have opened one check, without a stub."""
    clerk = User.objects.filter(is_staff=True).order_by("pk")[0]
    file_id, _ = keep_money_file(
        content=b"one check",
        kind="lockbox",
        name="lockbox-2024-12-01.csv",
        rows=1,
        total=Money(45_00),
        by=get_person_of_user(user_id=clerk.pk).id,
        now=now,
    )
    item = LockboxItem(2, "1", "1", Money(45_00), "2041", "")
    (arrival,) = list_checks(box=ReadLockbox("4711", now.date(), item.amount, (item,)))
    take_arrival(file_id=file_id, arrival=arrival, now=now)


def _send_a_link_that_is_over(now: dt.datetime) -> None:
    """Let a clerk have sent somebody a link a month ago; links of staff live a week."""
    clerk = User.objects.filter(is_staff=True).order_by("pk")[0]
    make_staff_link(
        user_id=clerk.pk,
        number="2016",
        address=settings.BASE_URL + reverse("link", args=["LINK"]).replace("LINK", "{link}"),
        send=True,
        now=now - dt.timedelta(days=30),
    )
