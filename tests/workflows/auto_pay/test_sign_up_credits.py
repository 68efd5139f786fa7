"""The credit for turning Auto Pay on: set by staff, earned once a service, on the right bill."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from smarthub.auto_pay.models import CreditEnd, SignUpCredit
from smarthub.auto_pay.operations import ProgrammeEndsTooEarly, ProgrammesOverlap
from smarthub.auto_pay.queries import get_on_bill, list_credits
from smarthub.auto_pay.types import (
    CreditProgramme,
    CreditState,
    OnBill,
    PlanEventKind,
    ProgrammeId,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.models import Entry
from smarthub.ledger.queries import get_balances, sum_accounts
from smarthub.members.models import AuditEntry
from smarthub.workflows.auto_pay.set_up_auto_pay import offer_auto_pay
from smarthub.workflows.auto_pay.sign_up_credits import (
    credit_to_earn,
    end_programme,
    list_programme_rows,
    set_programme,
)
from smarthub.workflows.bills.bill_single import write_single_bill
from smarthub.workflows.bills.review_billing_cycle import (
    approve_review,
    draft_run,
    start_review,
    write_run,
)
from tests.billing.village import FIRST_BILL, MADE, SECOND_BILL, read
from tests.cast import Cast
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, EVE, Member, noon
from tests.workflows.closing import close, maria_bill
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FIVE = Money(5_00)
START, END = dt.date(2024, 10, 1), dt.date(2025, 1, 1)


@pytest.fixture
def card(village: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(village.maria, GOOD)


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


def programme(
    *,
    starts_on: dt.date = START,
    ends_on: dt.date | None = END,
    services: tuple[str, ...] = ("electric", "gas"),
    for_migrated: bool = True,
) -> CreditProgramme:
    return CreditProgramme(
        ProgrammeId(uuid.uuid4()), FIVE, starts_on, ends_on, services, for_migrated, "the board"
    )


def offer(cast: Cast, given: CreditProgramme | None = None) -> CreditProgramme:
    """Let Dana set a programme."""
    chosen = given or programme()
    set_programme(user_id=cast.dana.user.pk, programme=chosen, now=EVE)
    return chosen


def states(cast: Cast) -> list[tuple[str, CreditState]]:
    found = list_credits(account_ids=[cast.account_1001])
    return sorted((each.service, each.state) for each in found)


def read_november() -> None:
    for serial, value in (("PR00000001", "1000"), ("PR00000002", "80"), ("PR00000003", "7")):
        read(serial, SECOND_BILL, value)


class TestTheCredit:
    def test_is_earned_once_a_service_and_goes_on_the_first_bill(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        before = offer_auto_pay(user_id=maria.user_id, number="1001", on=EVE.date()).credit

        maria.turn_on(card)
        waiting = states(village)
        close(announce=True)

        bill = maria_bill(village)
        assert before == Money(10_00)
        assert waiting == [("electric", CreditState.PENDING), ("gas", CreditState.PENDING)]
        assert states(village) == [("electric", CreditState.POSTED), ("gas", CreditState.POSTED)]
        assert (bill.adjustments, bill.asked) == (Money(-10_00), BILLED - Money(10_00))
        account_1001 = village.account_1001
        on_bill = get_on_bill(
            account_id=account_1001, bill_number=bill.number, bill_date=FIRST_BILL
        )
        assert on_bill == OnBill(is_announced=True, draft_on=DUE, credit=Money(10_00))
        # the co-op's expense is what the member was given
        assert sum_accounts(prefixes=["promo"]) == {"promo:auto_pay": Money(10_00)}

    def test_takes_the_draft_down(self, village: Cast, maria: Member, card: uuid.UUID) -> None:
        offer(village)
        maria.turn_on(card)
        close(announce=True)

        maria.run(DUE)

        assert [cents for cents, _ in maria.charges()] == [BILLED.cents - 10_00]
        assert get_balances(account_ids=[village.account_1001])[
            village.account_1001
        ].asked == Money(0)

    def test_is_not_on_the_bill_of_before_nor_twice(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        close(announce=True)
        maria.turn_on(card, now=noon(FIRST_BILL))
        read_november()

        close(SECOND_BILL, announce=True)
        close(SECOND_BILL, announce=True)

        assert maria_bill(village).adjustments == Money(0)
        assert maria_bill(village, SECOND_BILL).adjustments == Money(-10_00)
        assert Entry.objects.filter(kind="auto_pay_credit").count() == 2
        # what was owed before is still hers to pay by hand
        maria.run(dt.date(2024, 12, 23))
        second = maria_bill(village, SECOND_BILL)
        assert [c for c, _ in maria.charges()] == [second.charges.cents - 10_00]

    def test_earned_after_a_late_runs_bill_day_waits_for_the_next_bill(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        maria.turn_on(card, now=noon(dt.date(2024, 11, 2)))

        close(announce=True)  # the run of 1 November, made up for after she signed up

        assert states(village) == [("electric", CreditState.PENDING), ("gas", CreditState.PENDING)]
        assert maria_bill(village).adjustments == Money(0)

    def test_earned_after_the_bill_of_that_day_waits_though_its_run_is_called_again(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        close(announce=True)
        for serial, value in (("PR00000001", "1000"), ("PR00000002", "80")):
            read(serial, SECOND_BILL, value)
        held_back = close(SECOND_BILL, announce=True).exceptions  # 1002 lacks its read
        maria.turn_on(card, now=noon(SECOND_BILL))

        close(SECOND_BILL, announce=True)

        bill = maria_bill(village, SECOND_BILL)
        on_bill = get_on_bill(
            account_id=village.account_1001, bill_number=bill.number, bill_date=SECOND_BILL
        )
        assert [each.account_number for each in held_back] == ["1002"]
        assert states(village) == [("electric", CreditState.PENDING), ("gas", CreditState.PENDING)]
        assert (bill.adjustments, on_bill.credit) == (Money(0), Money(0))

    def test_is_not_earned_again_by_turning_it_off_and_on(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        for _ in range(3):
            maria.turn_on(card)
            maria.change(PlanEventKind.STOPPED)
        maria.turn_on(card)
        close(announce=True)
        maria.change(PlanEventKind.STOPPED, now=noon(FIRST_BILL))
        maria.turn_on(card, now=noon(FIRST_BILL))

        assert len(states(village)) == 2
        assert credit_to_earn(account_id=village.account_1001, on=FIRST_BILL) == Money(0)

    def test_is_not_earned_by_off_and_on_where_the_programme_was_set_in_between(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        offer(village)
        maria.change(PlanEventKind.STOPPED)

        offered = credit_to_earn(account_id=village.account_1001, on=EVE.date())
        maria.turn_on(card)

        assert (offered, states(village)) == (Money(0), [])

    def test_is_earned_by_whoever_had_turned_it_off_before_the_programme(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        maria.change(PlanEventKind.STOPPED)
        later = EVE + dt.timedelta(days=3)
        offer(village, programme(starts_on=later.date()))

        maria.turn_on(card, now=later)

        assert len(states(village)) == 2

    def test_lapses_where_auto_pay_was_stopped_before_the_bill(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        maria.turn_on(card)
        maria.change(PlanEventKind.STOPPED)

        close(announce=True)
        maria.turn_on(card, now=noon(FIRST_BILL))

        assert states(village) == [("electric", CreditState.LAPSED), ("gas", CreditState.LAPSED)]
        assert maria_bill(village).adjustments == Money(0)

    def test_is_not_earned_by_changing_the_method(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        offer(village)

        maria.turn_on(card, cap=Money(300_00))

        assert states(village) == []

    @pytest.mark.parametrize(
        ("days", "counts"),
        [
            ((dt.date(2024, 10, 31), None), True),
            ((dt.date(2024, 11, 1), None), False),
            ((START, dt.date(2024, 11, 1)), True),
            ((START, dt.date(2024, 10, 31)), False),
        ],
    )
    def test_counts_from_the_first_day_up_to_the_last(
        self,
        village: Cast,
        maria: Member,
        card: uuid.UUID,
        days: tuple[dt.date, dt.date | None],
        counts: bool,  # noqa: FBT001
    ) -> None:
        offer(village, programme(starts_on=days[0], ends_on=days[1]))

        maria.turn_on(card)  # 31 October, seven in the morning in Chicago

        assert bool(states(village)) is counts

    def test_is_for_the_services_staff_chose(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village, programme(services=("gas", "fiber")))

        maria.turn_on(card)

        assert states(village) == [("gas", CreditState.PENDING)]

    def test_is_held_once_by_the_database_itself(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        maria.turn_on(card)
        row = SignUpCredit.objects.first()
        assert row is not None
        row.pk = None

        with pytest.raises(IntegrityError, match="sign_up_credit_once"), transaction.atomic():
            row.save(force_insert=True)
        ends = [
            CreditEnd(credit=SignUpCredit.objects.all()[0], kind=kind, on=FIRST_BILL, at=EVE)
            for kind in ("posted", "lapsed")
        ]
        with pytest.raises(IntegrityError), transaction.atomic():
            CreditEnd.objects.bulk_create(ends)

    def test_is_on_a_bill_that_was_reviewed(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        maria.turn_on(card)
        user_id = village.dana.user.pk

        run = start_review(user_id=user_id, cycle_code="C1", bill_date=FIRST_BILL, now=MADE)
        draft_run(run_id=run, now=MADE)
        approve_review(user_id=user_id, cycle_code="C1", bill_date=FIRST_BILL, now=MADE)
        write_run(run_id=run, now=MADE)

        assert maria_bill(village).adjustments == Money(-10_00)

    def test_is_on_a_bill_made_by_itself(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        offer(village)
        maria.turn_on(card)

        write_single_bill(
            user_id=village.dana.user.pk, account_number="1001", on=FIRST_BILL, now=MADE
        )

        assert maria_bill(village).adjustments == Money(-10_00)


class TestTheProgramme:
    def test_is_set_once_by_its_form_and_left_in_the_trail(self, village: Cast) -> None:
        given = offer(village)
        offer(village, given)

        (row,) = list_programme_rows()
        assert (row.programme, row.set_by) == (given, "Dana Whitfield")
        assert AuditEntry.objects.filter(act="auto_pay_credit.set").count() == 1

    def test_does_not_overlap_another(self, village: Cast) -> None:
        offer(village)

        with pytest.raises(ProgrammesOverlap):
            offer(village, programme(starts_on=dt.date(2024, 12, 31), ends_on=None))
        offer(village, programme(starts_on=END, ends_on=None))

        assert len(list_programme_rows()) == 2

    def test_ends_from_a_day_on_and_what_was_earned_stays(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        given = offer(village)
        maria.turn_on(card)
        end = partial(
            end_programme,
            user_id=village.dana.user.pk,
            programme_id=given.id,
            new_id=uuid.uuid4(),
            on=EVE.date(),
            now=EVE,
        )

        with pytest.raises(ProgrammeEndsTooEarly):
            end(ends_on=dt.date(2024, 10, 30))
        end(ends_on=EVE.date())
        with pytest.raises(NotVisible):
            end(ends_on=EVE.date())

        (row,) = list_programme_rows()
        assert row.programme.ends_on == EVE.date()
        assert (row.pending, row.posted) == (Money(10_00), Money(0))
        close(announce=True)
        assert list_programme_rows()[0].posted == Money(10_00)

    def test_is_not_ended_so_late_that_another_holds_already(self, village: Cast) -> None:
        given = offer(village)
        offer(village, programme(starts_on=END, ends_on=None))
        end = partial(
            end_programme,
            user_id=village.dana.user.pk,
            programme_id=given.id,
            new_id=uuid.uuid4(),
            on=EVE.date(),
            now=EVE,
        )

        with pytest.raises(ProgrammesOverlap):
            end(ends_on=END + dt.timedelta(days=1))
        end(ends_on=END - dt.timedelta(days=1))

        assert len(list_programme_rows()) == 2

    def test_ends_after_it_starts(self, village: Cast) -> None:
        with pytest.raises(ProgrammeEndsTooEarly):
            offer(village, programme(starts_on=END, ends_on=END))
