"""What a corrected bill asks more is paid over as many months, and never while disputed (45)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.test import Client

from smarthub.accounts.access import open_account
from smarthub.arrears.models import Arrangement
from smarthub.arrears.operations.arrangements import ArrangementNotAllowed
from smarthub.arrears.queries import list_holds
from smarthub.arrears.queries.arrangements import get_arrangement
from smarthub.arrears.types import ArrangementEnding, ArrangementId, ArrangementView, HoldKind
from smarthub.billing.queries.back_billed import list_back_billed
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_balances
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import Message
from smarthub.workflows.bills.cancel_and_rebill import correct_bill
from smarthub.workflows.debts.arrange_payments import look_at_arrangements
from smarthub.workflows.debts.arrears_desk import end_hold, set_hold
from smarthub.workflows.debts.back_billing import see_offer, take_offer, take_offer_for_member
from tests.billing.village import SECOND_BILL, read
from tests.cast import Cast
from tests.workflows.bills.test_cancel_and_rebill import replace_read
from tests.workflows.closing import close
from tests.workflows.receiving import record_received_payment

CORRECTED = dt.date(2024, 12, 5)
NOON = dt.datetime(2024, 12, 5, 18, tzinfo=dt.UTC)
FORM = UUID(int=45)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(18), dt.UTC)


def correct(cast: Cast, number: str) -> None:
    correct_bill(
        user_id=cast.dana.user.pk, bill_number=number, reason="reads", note="", on=CORRECTED,
        now=NOON,
    )  # fmt: skip


@pytest.fixture
def billed_back(village: Cast) -> Cast:
    """Two months of Maria's were 100 kWh too low each; both bills were corrected."""
    close()
    read("PR00000001", SECOND_BILL, "1700")
    read("PR00000002", SECOND_BILL, "168")
    close(SECOND_BILL)
    replace_read("1012")
    replace_read("1900", on=SECOND_BILL)
    correct(village, "1001-241101")
    correct(village, "1001-241201")
    return village


def take(cast: Cast, form: UUID = FORM, now: dt.datetime = NOON) -> ArrangementView:
    return take_offer(user_id=cast.maria.user.pk, number="1001", arrangement_id=form, now=now)


def dispute(cast: Cast, day: dt.date) -> None:
    set_hold(
        user_id=cast.dana.user.pk, number="1001", kind=HoldKind.DISPUTED, ends_on=None,
        reason="says the meter was never read", now=at(day),
    )  # fmt: skip


def pay(cast: Cast, *, but: int) -> None:
    """Let Maria pay all she owes but some cents."""
    balance = get_balances(account_ids=[cast.account_1001])[cast.account_1001]
    record_received_payment(
        source_key="lockbox:1", account_number="1001", amount=balance.owed - Money(but),
        channel="mail", received_on=CORRECTED, now=NOON,
    )  # fmt: skip


def offer_of(cast: Cast, who: str = "maria") -> object:
    user = getattr(cast, who).user
    account = open_account(user_id=user.pk, number="1001", on=CORRECTED)
    return see_offer(account=account, on=CORRECTED)


class TestTheOffer:
    def test_is_for_the_difference_over_the_months_it_is_for(self, billed_back: Cast) -> None:
        more = [each.more for each in list_back_billed(account_id=billed_back.account_1001)]
        assert more == [Money(1249), Money(1249)]  # 4.10 + 7.70 + .37 + .32

        made = take(billed_back)

        # December 26 is 21 days after the correction; the second part a month later
        assert [(each.due_on, each.amount.cents) for each in made.instalments] == [
            (dt.date(2024, 12, 26), 1249),
            (dt.date(2025, 1, 26), 1249),
        ]
        assert made.total == Money(2498)
        assert made.back_billed

    def test_is_told_to_the_holder_with_each_corrected_bill(self, billed_back: Cast) -> None:
        told = Message.objects.filter(template="back_billing_offered").order_by("pk")

        assert [each.account_number for each in told] == ["1001", "1001"]
        assert "1001-241101-2" in told[0].body
        assert "$24.98" in told[1].body
        assert "2 months" in told[1].body

    def test_is_not_made_of_a_bill_that_asks_less(self, village: Cast) -> None:
        close()
        replace_read("812")

        correct(village, "1001-241101")

        assert offer_of(village) is None
        assert not Message.objects.filter(template="back_billing_offered").exists()

    def test_is_no_more_than_what_is_unpaid(self, billed_back: Cast) -> None:
        pay(billed_back, but=0)

        assert offer_of(billed_back) is None

    def test_is_for_those_who_may_pay(self, billed_back: Cast) -> None:
        assert offer_of(billed_back, "ben") is None
        with pytest.raises(NotVisible):
            take_offer(
                user_id=billed_back.ben.user.pk, number="1001", arrangement_id=FORM, now=NOON
            )


class TestTakingIt:
    def test_asks_nothing_down_whatever_the_policy_and_is_once(self, billed_back: Cast) -> None:
        set_policy(
            key="arrangement.most_in_a_year", value=0, effective_from=dt.date(2024, 1, 1),
            author="board", source_note="tests", now=NOON,
        )  # fmt: skip

        assert take(billed_back) == take(billed_back)

        assert Arrangement.objects.count() == 1
        assert Message.objects.filter(template="arrangement_made").count() == 1
        assert offer_of(billed_back) is None

    def test_at_the_desk_is_in_the_audit_trail(self, billed_back: Cast) -> None:
        take_offer_for_member(
            user_id=billed_back.dana.user.pk, number="1001", arrangement_id=FORM, now=NOON
        )

        act = AuditEntry.objects.get(act="arrangement.back_billing")
        assert act.after == {"cents": 2498, "months": 2}

    def test_is_one_tap_on_the_page_of_the_bill(self, billed_back: Cast, client: Client) -> None:
        client.force_login(billed_back.maria.user)
        page = client.get("/bills/1001/1001-241201-2/")
        assert "Pay it over" in page.content.decode() or "Pay it on" in page.content.decode()

        sent = client.post("/bills/1001/1001-241201-2/over-time/", {"arrangement": str(uuid4())})

        assert sent.status_code == 302
        assert Arrangement.objects.get().back_billed


class TestWhileDisputed:
    def test_it_is_not_taken(self, billed_back: Cast) -> None:
        dispute(billed_back, CORRECTED)

        with pytest.raises(ArrangementNotAllowed) as refused:
            take(billed_back)

        assert refused.value.values["because"] == "disputed"

    def test_time_stands_still_and_runs_on_afterwards(self, billed_back: Cast) -> None:
        pay(billed_back, but=2498)
        made = take(billed_back)
        assert made.left == made.total
        dispute(billed_back, dt.date(2024, 12, 20))

        # both parts are long late by now, but for the dispute
        look_at_arrangements(now=at(dt.date(2025, 2, 20)))
        assert ended(made) is None
        end_dispute(billed_back, dt.date(2025, 2, 20))

        # 62 days stood still, so December 26 is February 26
        look_at_arrangements(now=at(dt.date(2025, 2, 24)))
        assert ended(made) is None
        look_at_arrangements(now=at(dt.date(2025, 3, 20)))
        assert ended(made) is ArrangementEnding.BROKEN


def ended(made: ArrangementView) -> ArrangementEnding | None:
    return get_arrangement(arrangement_id=ArrangementId(made.id)).ended


def end_dispute(cast: Cast, day: dt.date) -> None:
    holds = list_holds(account_ids=[cast.account_1001], on=day)[cast.account_1001]
    (hold,) = [each for each in holds if each.kind is HoldKind.DISPUTED]
    end_hold(user_id=cast.dana.user.pk, number="1001", hold_id=hold.id, now=at(day))
