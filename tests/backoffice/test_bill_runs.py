"""The desk's pages for bill runs and bills, as Dana works with them and Rosa must not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from smarthub.billing.models import Bill, BillDifference, BillHold, BillRun
from smarthub.billing.operations.differing import find_differences
from smarthub.billing.queries.desk import find_run, get_run_desk
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import Message
from smarthub.workflows.bills.review_billing_cycle import (
    draft_run,
    hold_bill,
    start_review,
    write_run,
)
from tests.billing.village import FIRST_BILL, MADE, SECOND_BILL, read
from tests.cast import Cast
from tests.workflows.bills.test_cancel_and_rebill import LATER, replace_read
from tests.workflows.closing import close

RUN = "/desk/bills/runs/C1/2024-11-01/"
BILL = "/desk/bills/1001-241101/"


def start(cast: Cast) -> None:
    """Draft the first run, as the page's button and its job do."""
    run_id = start_review(
        user_id=cast.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE
    )
    draft_run(run_id=run_id, now=MADE)


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return re.sub(r"\s+", " ", answer.content.decode())


class TestRuns:
    def test_list_offers_the_bill_day_that_has_come(self, village: Cast, dana: Client) -> None:
        page = text(dana, "/desk/bills/runs/")

        # it is 22 November 2026 for the tests: the 1st has come and has no run
        assert 'action="/desk/bills/runs/C1/2026-11-01/start/"' in page

    def test_are_opened_by_a_button_and_drafted_by_a_job(self, village: Cast, dana: Client) -> None:
        answer = dana.post(f"{RUN}start/")

        assert (answer.status_code, answer.headers["Location"]) == (303, RUN)
        assert BillRun.objects.get().reviewed
        assert 'data-seconds="3"' in text(dana, RUN)

    def test_show_totals_before_anything_is_written(self, village: Cast, dana: Client) -> None:
        start(village)

        page = text(dana, RUN)

        # 139.46 + 145.21 + 38.00 on two bills, 161.34 on average (322.67 / 2 = 161.335)
        assert "$322.67" in page
        assert "$161.34" in page
        assert not Bill.objects.exists()

    def test_ask_before_the_bills_are_written(self, village: Cast, dana: Client) -> None:
        start(village)

        asked = text(dana, f"{RUN}write/")
        answer = dana.post(f"{RUN}write/")
        write_run(run_id=find_run(cycle_code="C1", bill_date=FIRST_BILL), now=MADE)

        assert "2 bills of November 1, 2024 are written" in asked
        assert answer.headers["Location"] == RUN
        assert Bill.objects.count() == 2
        assert "Every account could be billed." in text(dana, RUN)

    def test_are_thrown_away_only_after_a_question(self, village: Cast, dana: Client) -> None:
        start(village)

        dana.get(f"{RUN}drop/")
        assert BillRun.objects.exists()

        dana.post(f"{RUN}drop/")
        assert not BillRun.objects.exists()

    def test_cost_few_queries_whatever_their_size(
        self, village: Cast, dana: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        start(village)

        with django_assert_max_num_queries(20):
            dana.get(RUN)
        with django_assert_max_num_queries(12):
            dana.get("/desk/bills/runs/")

    def test_of_a_day_that_is_none_are_not_there(self, village: Cast, dana: Client) -> None:
        text(dana, "/desk/bills/runs/C1/2024-02-31/", status=404)
        text(dana, "/desk/bills/runs/C1/2024-11-02/", status=404)


class TestDrafts:
    def test_show_the_bill_a_member_would_get(self, village: Cast, dana: Client) -> None:
        start(village)

        page = text(dana, f"{RUN}accounts/1001/")

        assert "$284.67" in page
        assert "Meter PR00000001: 100 on" in page

    def test_are_found_by_the_account_number(self, village: Cast, dana: Client) -> None:
        start(village)

        answer = dana.get(RUN, {"account": "1001"})

        assert answer.headers["Location"] == f"{RUN}accounts/1001/"

    def test_are_held_for_a_reason_and_released(self, village: Cast, dana: Client) -> None:
        start(village)

        without = dana.post(f"{RUN}accounts/1001/hold/", {"reason": ""})
        assert without.status_code == 400
        dana.post(f"{RUN}accounts/1001/hold/", {"reason": "New meter is being checked"})

        assert "New meter is being checked" in text(dana, f"{RUN}accounts/1001/")
        assert "New meter is being checked" in text(dana, RUN)

        dana.post(f"{RUN}accounts/1001/release/")
        assert not BillHold.objects.filter(released_at=None).exists()
        assert AuditEntry.objects.filter(act__in=["bill_held", "bill_released"]).count() == 2


class TestEstimates:
    def test_let_an_account_without_a_read_be_billed_and_say_so(
        self, village: Cast, dana: Client
    ) -> None:
        close()
        read("PR00000002", SECOND_BILL, "68")
        run = "/desk/bills/runs/C1/2024-12-01/"
        run_id = start_review(
            user_id=village.dana.user.pk, cycle_code="C1", bill_date=SECOND_BILL, now=MADE
        )
        draft_run(run_id=run_id, now=MADE)
        assert "Estimate the reading" in text(dana, f"{run}accounts/1001/")

        answer = dana.post(f"{run}accounts/1001/estimate/")

        # 812 kWh in the 31 days of October; 812 x 30 / 31 in November
        assert answer.status_code == 303
        page = text(dana, f"{run}accounts/1001/")
        assert "Estimated" in page
        assert re.findall(r"[0-9.,]+ kWh", page)[:1] == ["785.806 kWh"]
        assert get_run_desk(run_id=run_id).row.drafts == 1


class TestBills:
    def test_are_corrected_after_a_second_look(self, village: Cast, dana: Client) -> None:
        close()
        replace_read("812")
        chosen = {"reason": "reads", "what": "rebill", "note": "misread"}

        first = text(dana, f"{BILL}correct/")
        second = dana.post(f"{BILL}correct/", chosen).content.decode()
        assert Bill.objects.count() == 2

        answer = dana.post(f"{BILL}correct/", {**chosen, "sure": "1"})

        # 284.67 as billed, 272.17 as it would be
        assert "$272.17" in first
        assert "-$12.50" in first
        assert 'name="sure"' in second
        assert answer.headers["Location"] == "/desk/bills/1001-241101-2/"
        assert "A correction, by -$12.50" in text(dana, "/desk/bills/1001-241101-2/")
        assert "Bill 1001-241101-2 over $272.17 stands in its place" in text(dana, BILL)

    def test_that_cannot_be_made_today_say_why(self, village: Cast, dana: Client) -> None:
        close()
        replace_read("50")

        page = text(dana, f"{BILL}correct/")
        answer = dana.post(f"{BILL}correct/", {"reason": "reads", "what": "rebill", "note": ""})

        assert "The register of meter PR00000001 went back" in page
        assert answer.status_code == 400
        assert Bill.objects.count() == 2

    def test_that_differ_today_are_listed_and_may_be_left(
        self, village: Cast, dana: Client
    ) -> None:
        close()
        replace_read("812")
        find_differences(since=LATER - dt.timedelta(hours=1), now=LATER)

        page = text(dana, "/desk/bills/differences/")
        assert "$284.67 → $272.17" in page
        assert "One bill would come out otherwise today." in text(dana, "/desk/bills/runs/")

        dana.post(f"/desk/bills/differences/{BillDifference.objects.get().pk}/leave/")
        assert "Every bill stands" in text(dana, "/desk/bills/differences/")


class TestOneBillOutsideTheCycle:
    """Maria has moved out of the cycle's rhythm: her bill is wanted on the 15th (rule 47)."""

    TODAY = "/desk/bills/accounts/1001/today/"

    @pytest.fixture(autouse=True)
    def the_fifteenth(self, dana: Client) -> Iterator[None]:  # signed in before
        with time_machine.travel(dt.datetime(2024, 10, 15, 17, tzinfo=dt.UTC)):
            yield

    def test_is_looked_at_then_written_once_and_the_cycle_goes_on_from_there(
        self, village: Cast, dana: Client
    ) -> None:
        for serial, value in (("PR00000001", "492"), ("PR00000002", "0")):
            read(serial, dt.date(2024, 10, 15), value)

        page = text(dana, self.TODAY)
        assert not Bill.objects.exists()
        answer = dana.post(self.TODAY)

        assert answer.headers["Location"] == "/desk/bills/1001-241015/"
        # the 20th leaves five days, so 21 days from the bill
        # 14 of 31 days: 14.90 + 2.26; 392 kWh: 16.07 + 30.18 + 1.47 + 1.25
        bill = Bill.objects.get()
        assert str(Money(bill.charges_cents)) in page
        assert (bill.run_id, bill.due_date) == (None, dt.date(2024, 11, 5))
        assert bill.segments.get(service="electric").total_cents == 1490 + 226 + 4897
        assert AuditEntry.objects.get(act="bill_made_singly").subject == "bill:1001-241015"
        assert Message.objects.filter(template="bill_ready").count() == 1

        again = dana.post(self.TODAY)
        assert (again.status_code, Bill.objects.count()) == (409, 1)
        assert "Nothing left to bill" in again.content.decode()
        close()
        rest = Bill.objects.get(number="1001-241101").segments.get(service="electric")
        assert (rest.period_start, rest.quantity) == (dt.date(2024, 10, 15), Decimal(420))

    def test_that_cannot_be_made_says_why(self, village: Cast, dana: Client) -> None:
        assert "No read at" in text(dana, self.TODAY)

        answer = dana.post(self.TODAY)

        assert (answer.status_code, Bill.objects.count()) == (409, 0)

    def test_is_not_made_while_somebody_holds_it(self, village: Cast, dana: Client) -> None:
        hold_bill(user_id=village.dana.user.pk, account_number="1001", reason="disputed", now=MADE)

        assert "On hold: disputed" in text(dana, self.TODAY)


class TestWhoIsLetIn:
    @pytest.mark.parametrize(
        "address",
        [
            "/desk/bills/runs/",
            RUN,
            f"{RUN}progress/",
            f"{RUN}write/",
            f"{RUN}drop/",
            f"{RUN}accounts/1001/",
            BILL,
            f"{BILL}correct/",
            "/desk/bills/accounts/1001/today/",
            "/desk/bills/differences/",
        ],
    )
    def test_a_member_learns_nothing_of_it(
        self, village: Cast, client: Client, address: str
    ) -> None:
        close()
        client.force_login(village.rosa.user)

        assert client.get(address).status_code == 404

    @pytest.mark.parametrize(
        "address",
        [
            f"{RUN}start/",
            f"{RUN}again/",
            f"{RUN}write/",
            f"{RUN}drop/",
            f"{RUN}accounts/1001/hold/",
            f"{RUN}accounts/1001/estimate/",
            f"{RUN}accounts/1001/release/",
            f"{BILL}correct/",
            "/desk/bills/accounts/1001/today/",
            "/desk/bills/differences/1/leave/",
        ],
    )
    def test_a_member_can_do_nothing_there(
        self, village: Cast, client: Client, address: str
    ) -> None:
        client.force_login(village.rosa.user)

        assert client.post(address, {"reason": "x", "sure": "1"}).status_code == 404
        assert not BillRun.objects.exists()
