"""Pledges of agencies (rule 92): promised, in, over, and what they do to a disconnection."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction

from smarthub.arrears import queries
from smarthub.arrears.models import Agency, HoldEnd, Pledge, PledgeEnd
from smarthub.arrears.operations.pledges import (
    AgencyKnown,
    AgencyRefused,
    PledgeEnded,
    PledgeNotAllowed,
)
from smarthub.arrears.queries.pledges import list_pledges
from smarthub.arrears.types import AgencyKind, PledgeEnding, PledgeView, Step
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.models import Entry
from smarthub.members.models import AuditEntry
from smarthub.payments.models import Payment, SuspenseItem
from smarthub.payments.operations import CardNumberWritten
from smarthub.payments.types import TenderKind, UndoneBecause
from smarthub.workflows.debts.follow_arrears import take_steps
from smarthub.workflows.debts.pledges import (
    add_agency,
    end_agency,
    lapse_pledges,
    list_agencies,
    list_open_pledges,
    record_pledge,
    withdraw_pledge,
)
from smarthub.workflows.money.correct_payment import match_money, move_payment, park_money
from smarthub.workflows.money.other_doors import Received, take_money, undo_money
from tests.arrears.bills import at
from tests.arrears.test_arrangements import told
from tests.arrears.test_operations import CUT_ON, noticed, set_late
from tests.cast import Cast
from tests.workflows.wallet import owed

PLEDGED = dt.date(2026, 12, 7)
LAST = dt.date(2026, 12, 21)
OVER = dt.date(2026, 12, 22)


def add(cast: Cast, code: str = "LIHEAP", name: str = "Energy Assistance") -> None:
    add_agency(
        user_id=cast.dana.user.pk,
        code=code,
        kind=AgencyKind.ASSISTANCE,
        name=name,
        now=at(PLEDGED),
    )


def promise(
    cast: Cast,
    cents: int = 100_00,
    *,
    agency: str = "LIHEAP",
    last_day: dt.date | None = LAST,
    key: uuid.UUID | None = None,
    number: str = "1001",
    reference: str = "A-17",
    hour: int = 17,
) -> PledgeView:
    return record_pledge(
        user_id=cast.dana.user.pk,
        number=number,
        pledge_id=key or uuid.uuid4(),
        agency=agency,
        amount=Money(cents),
        last_day=last_day,
        reference=reference,
        now=at(PLEDGED, hour),
    )


def bring(cast: Cast, cents: int, *, agency: str = "LIHEAP", channel: str = "agency") -> uuid.UUID:
    received = Received(
        key=uuid.uuid4(),
        account_number="1001",
        amount=Money(cents),
        channel=channel,
        tender=TenderKind.CHECK,
        reference="40112",
        agency=agency,
    )
    outcome = take_money(received=received, user_id=cast.dana.user.pk, now=at(PLEDGED, 20))
    return outcome.payment_id


def pledges_of(cast: Cast) -> list[tuple[int, int, PledgeEnding | None]]:
    """Return promised, received and how it ended of each pledge, the oldest first."""
    found = list_pledges(account_ids=[cast.account_1001])
    return [(each.amount.cents, each.received.cents, each.ended) for each in reversed(found)]


def holds(cast: Cast, day: dt.date) -> bool:
    return cast.account_1001 in queries.list_holds(account_ids=[cast.account_1001], on=day)


class TestAgencies:
    def test_are_kept_on_a_list_and_taken_off_it(self, cast: Cast) -> None:
        add(cast, "liheap ")
        add(cast, "LIHEAP")
        end_agency(user_id=cast.dana.user.pk, code="LIHEAP", now=at(PLEDGED))

        (agency,) = list_agencies(user_id=cast.dana.user.pk)

        assert (agency.code, agency.name, agency.is_ended) == ("LIHEAP", "Energy Assistance", True)
        with pytest.raises(PledgeNotAllowed):
            promise(cast)

    def test_have_a_code_each(self, cast: Cast) -> None:
        add(cast)

        with pytest.raises(AgencyKnown):
            add(cast, name="Another")

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("A", "One"),
            ("A B", "Two"),
            ("-A", "Three"),
            ("LIHEAP", " "),
            ("LIHEAP", "4242424242424242"),
        ],
    )
    def test_are_refused_without_a_code_or_a_name(self, cast: Cast, code: str, name: str) -> None:
        with pytest.raises(AgencyRefused):
            add(cast, code, name)

    def test_are_for_staff(self, cast: Cast) -> None:
        with pytest.raises(NotVisible):
            list_agencies(user_id=cast.maria.user.pk)


class TestPromising:
    def test_stops_a_disconnection_and_pays_nothing(self, cast: Cast) -> None:
        process = noticed(cast)
        add(cast)
        before = Entry.objects.count()

        made = promise(cast)

        (ended,) = queries.list_processes(account_id=cast.account_1001)
        assert (ended.id, ended.last_step) == (process.id, Step.STOPPED)
        assert take_steps(now=at(CUT_ON)) == 0
        assert (made.amount, made.received) == (Money(100_00), Money(0))
        assert owed(cast.account_1001) == Money(132_47)
        assert Entry.objects.count() == before
        assert told("pledge_made") == 1
        assert AuditEntry.objects.filter(act="pledge.made").count() == 1

    def test_is_one_however_often_it_is_sent(self, cast: Cast) -> None:
        add(cast)
        key = uuid.uuid4()

        assert promise(cast, key=key) == promise(cast, key=key)
        assert Pledge.objects.count() == 1
        assert told("pledge_made") == 1

    def test_holds_to_the_end_of_its_last_day_without_any_job(self, cast: Cast) -> None:
        add(cast)

        promise(cast)

        assert [holds(cast, day) for day in (PLEDGED, LAST, OVER)] == [True, True, False]

    def test_holds_as_long_as_the_policy_allows_and_no_longer(self, cast: Cast) -> None:
        set_late("pledge.hold_days", 10)
        add(cast)

        assert promise(cast, last_day=None).last_day == dt.date(2026, 12, 17)
        with pytest.raises(PledgeNotAllowed) as refused:
            promise(cast, last_day=dt.date(2026, 12, 18))
        assert refused.value.values["because"] == "last_day"
        assert refused.value.values["latest"] == dt.date(2026, 12, 17)

    @pytest.mark.parametrize(
        ("cents", "agency", "last_day", "because"),
        [
            (0, "LIHEAP", LAST, "amount"),
            (100, "NOBODY", LAST, "agency"),
            (100, "LIHEAP", PLEDGED - dt.timedelta(days=1), "last_day"),
        ],
    )
    def test_is_refused_with_the_reason(
        self, cast: Cast, cents: int, agency: str, last_day: dt.date, because: str
    ) -> None:
        add(cast)

        with pytest.raises(PledgeNotAllowed) as refused:
            promise(cast, cents, agency=agency, last_day=last_day)

        assert refused.value.values["because"] == because
        assert not holds(cast, PLEDGED)

    def test_keeps_no_card_number(self, cast: Cast) -> None:
        add(cast)

        with pytest.raises(CardNumberWritten):
            promise(cast, reference="4242 4242 4242 4242")

    def test_is_seen_by_those_who_may_pay(self, cast: Cast) -> None:
        add(cast)
        promise(cast)

        shown = [
            len(list_open_pledges(user_id=who.user.pk, on=PLEDGED))
            for who in (cast.maria, cast.ben, cast.rosa)
        ]

        assert shown == [1, 0, 0]

    def test_cannot_be_changed_in_the_database(self, cast: Cast) -> None:
        add(cast)
        promise(cast)

        for rows, change in (
            (Pledge.objects.all(), {"amount_cents": 1}),
            (Agency.objects.all(), {"name": "Another"}),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(**change)


class TestMoneyOfAnAgency:
    def test_that_is_all_of_it_ends_the_pledge_and_its_hold(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)

        bring(cast, 100_00)

        assert pledges_of(cast) == [(100_00, 100_00, PledgeEnding.FULFILLED)]
        assert owed(cast.account_1001) == Money(32_47)
        assert not holds(cast, PLEDGED)

    def test_in_parts_is_counted_and_the_hold_stands_for_the_rest(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)

        bring(cast, 40_00)

        assert pledges_of(cast) == [(100_00, 40_00, None)]
        assert holds(cast, LAST)
        bring(cast, 60_00)
        assert pledges_of(cast) == [(100_00, 100_00, PledgeEnding.FULFILLED)]

    def test_counts_against_the_oldest_pledge_of_that_agency_first(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        add(cast, "CHURCH", "St. Mary")
        promise(cast, 30_00, agency="CHURCH")
        promise(cast, 50_00, hour=18)
        promise(cast, 60_00, hour=19)

        bring(cast, 70_00)

        assert pledges_of(cast) == [
            (30_00, 0, None),
            (50_00, 50_00, PledgeEnding.FULFILLED),
            (60_00, 20_00, None),
        ]

    def test_of_nobody_named_counts_only_where_one_agency_promised(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        add(cast, "CHURCH", "St. Mary")
        promise(cast, 30_00, agency="CHURCH")

        bring(cast, 10_00, agency="")
        promise(cast, 50_00, hour=18)
        bring(cast, 10_00, agency="")

        assert pledges_of(cast) == [(30_00, 10_00, None), (50_00, 0, None)]

    def test_by_another_door_is_of_no_pledge(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)

        bring(cast, 40_00, channel="office", agency="")

        assert pledges_of(cast) == [(100_00, 0, None)]

    def test_that_is_taken_back_has_not_come(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)
        payment_id = bring(cast, 40_00)

        undo_money(
            payment_id=payment_id,
            because=UndoneBecause.BOUNCED,
            words="No funds",
            user_id=cast.dana.user.pk,
            now=at(PLEDGED, 21),
        )

        assert pledges_of(cast) == [(100_00, 0, None)]

    def move(self, cast: Cast, payment_id: uuid.UUID, start: str, end: str, hour: int) -> None:
        move_payment(
            move_id=uuid.uuid4(),
            user_id=cast.dana.user.pk,
            payment_id=payment_id,
            from_number=start,
            to_number=end,
            reason="Of the other account",
            now=at(PLEDGED, hour),
        )

    def test_moved_away_and_back_has_come(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)
        payment_id = bring(cast, 40_00)

        self.move(cast, payment_id, "1001", "1002", 21)
        away = pledges_of(cast)
        self.move(cast, payment_id, "1002", "1001", 22)

        assert away == [(100_00, 0, None)]
        assert pledges_of(cast) == [(100_00, 40_00, None)]

    def test_given_to_another_account_first_counts_where_it_is_moved_to(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        add(cast, "CHURCH", "St. Mary")
        promise(cast)
        promise(cast, 30_00, agency="CHURCH", hour=18)
        park_money(
            source_key="agency:LIHEAP:V-1",
            user_id=cast.dana.user.pk,
            amount=Money(100_00),
            channel="agency",
            told="a number nobody has",
            received_on=PLEDGED,
            now=at(PLEDGED),
        )
        item = SuspenseItem.objects.get()
        match_money(item_id=item.pk, user_id=cast.dana.user.pk, number="1002", now=at(PLEDGED, 20))

        self.move(cast, Payment.objects.get().pk, "1002", "1001", 21)

        assert pledges_of(cast) == [(100_00, 100_00, PledgeEnding.FULFILLED), (30_00, 0, None)]

    def test_out_of_suspense_counts_too(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)
        park_money(
            source_key="agency:LIHEAP:V-1",
            user_id=cast.dana.user.pk,
            amount=Money(40_00),
            channel="agency",
            told="a number nobody has",
            received_on=PLEDGED,
            now=at(PLEDGED),
        )
        item = SuspenseItem.objects.get()
        match_money(item_id=item.pk, user_id=cast.dana.user.pk, number="1001", now=at(PLEDGED, 21))

        assert pledges_of(cast) == [(100_00, 40_00, None)]


class TestTheEnd:
    def test_of_a_pledge_that_did_not_come_is_told_and_followed_anew(self, cast: Cast) -> None:
        process = noticed(cast)
        add(cast)
        promise(cast)
        bring(cast, 10_00)

        early, over, again = (lapse_pledges(now=at(day)) for day in (LAST, OVER, OVER))

        assert (early, over, again) == (0, 1, 0)
        assert pledges_of(cast) == [(100_00, 10_00, PledgeEnding.LAPSED)]
        assert told("pledge_over") == 1
        assert take_steps(now=at(OVER)) == 1
        newest, *_ = queries.list_processes(account_id=cast.account_1001)
        assert (newest.last_step, newest.id != process.id) == (Step.NOTICE, True)

    def test_by_a_clerk_ends_its_hold_at_once(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        made = promise(cast)

        withdraw_pledge(
            user_id=cast.dana.user.pk, number="1001", pledge_id=made.id, now=at(PLEDGED, 20)
        )

        assert not holds(cast, PLEDGED)
        assert HoldEnd.objects.get().ended_by_id == cast.dana.person_id
        assert told("pledge_over") == 1
        with pytest.raises(PledgeEnded):
            withdraw_pledge(
                user_id=cast.dana.user.pk, number="1001", pledge_id=made.id, now=at(PLEDGED, 21)
            )

    def test_of_another_accounts_pledge_is_not_there(self, cast: Cast) -> None:
        add(cast)
        made = promise(cast)

        with pytest.raises(NotVisible):
            withdraw_pledge(
                user_id=cast.dana.user.pk, number="1002", pledge_id=made.id, now=at(PLEDGED)
            )
        assert not PledgeEnd.objects.exists()
