"""The desk's pages of arrears: who is followed, and what a clerk may do about one account."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.test import Client

from smarthub.accounts.models import ServiceAgreement, ServicePoint
from smarthub.arrears.models import Arrangement, FeeWaiver, Hold, StepTaken
from smarthub.arrears.queries import count_disconnections_due, list_open_processes
from smarthub.cooperative.operations import set_policy
from smarthub.deposits.models import Deposit
from smarthub.members.models import AuditEntry
from smarthub.usage.models import ForecastDay
from smarthub.workflows.debts.follow_arrears import assess_late_fees, take_steps
from tests.arrears.bills import at, write_bill
from tests.arrears.test_operations import CUT_ON, LATE, NOTICED, last_called, noticed, pay, set_late
from tests.backoffice.moved_clock import moved_to
from tests.cast import NOW, Cast
from tests.workflows.wallet import owed

PAGE = "/desk/money/arrears/1001/"


def words(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def send(dana: Client, day: dt.date = CUT_ON, hour: int = 17, **data: str) -> tuple[int, str]:
    return sent(dana, data, day, hour)


def sent(
    dana: Client, data: dict[str, str], day: dt.date = CUT_ON, hour: int = 17
) -> tuple[int, str]:
    with moved_to(at(day, hour)):
        answer = dana.post(PAGE, data)
        page = dana.get(PAGE) if answer.status_code == 303 else answer
    return answer.status_code, words(page.content)


class TestTheList:
    def test_says_whose_day_has_come(self, dana: Client, cast: Cast) -> None:
        last_called(cast)

        with moved_to(at(CUT_ON)):
            page = words(dana.get("/desk/money/arrears/").content)

        assert "Account 1001 $132.47 last call sent Due Nov 24, 2026" in page
        assert "may be disconnected today if nothing forbids it" in page
        assert count_disconnections_due(on=CUT_ON) == 1
        assert count_disconnections_due(on=CUT_ON - dt.timedelta(days=1)) == 0

    def test_of_nobody_says_so(self, dana: Client) -> None:
        assert "Nobody is followed" in words(dana.get("/desk/money/arrears/").content)

    def test_asks_the_same_few_queries_for_forty(
        self, dana: Client, cast: Cast, django_assert_max_num_queries: object
    ) -> None:
        write_bill(cast.account_1001, electric=132_47)
        write_bill(cast.account_1002, electric=132_47)
        take_steps(now=at(NOTICED))

        with django_assert_max_num_queries(10):  # type: ignore[operator]
            dana.get("/desk/money/arrears/")


class TestDisconnecting:
    def test_is_written_down_and_undone_with_a_trace(self, dana: Client, cast: Cast) -> None:
        last_called(cast)
        send(dana, act="offered", what_was_said="Maria says she cannot pay in parts")

        status, page = send(dana, act="cut")
        assert (status, "Written down: service is disconnected." in page) == (303, True)
        status, page = send(dana, act="restored")

        assert "Written down: service is back." in page
        assert list_open_processes() == {}
        acts = AuditEntry.objects.filter(act__startswith="arrears.").order_by("pk")
        assert list(acts.values_list("act", flat=True)) == [
            "arrears.disconnected",
            "arrears.restored",
        ]

    @pytest.mark.parametrize(
        ("day", "hour", "said"),
        [
            (dt.date(2026, 12, 10), 17, "The day on the notice has not come"),
            (CUT_ON, 20, "It is too late in the day."),  # 20:00 UTC is 2 pm in Chicago
            (dt.date(2026, 12, 18), 17, "Nothing is disconnected on a Friday"),
        ],
    )
    def test_is_refused_with_the_reason(
        self, dana: Client, cast: Cast, day: dt.date, hour: int, said: str
    ) -> None:
        last_called(cast)

        status, page = send(dana, day, hour, act="cut")

        assert (status, said in page) == (400, True)
        assert not StepTaken.objects.filter(step="cut").exists()

    def test_waits_in_winter_for_an_arrangement_to_be_offered(
        self, dana: Client, cast: Cast
    ) -> None:
        last_called(cast)

        status, page = send(dana, act="cut")

        assert (status, "It is winter: offer an arrangement first" in page) == (400, True)
        assert not StepTaken.objects.filter(step="cut").exists()

    def test_never_is_in_winter_where_the_policy_forbids_it(self, dana: Client, cast: Cast) -> None:
        set_late("winter.forbids", value=True)
        last_called(cast)
        send(dana, act="offered", what_was_said="Maria says she cannot pay in parts")

        assert send(dana, act="cut")[0] == 400

    def test_needs_no_offer_where_there_is_no_winter(self, dana: Client, cast: Cast) -> None:
        set_late("winter.first_month", value=0)
        last_called(cast)

        assert send(dana, act="cut")[0] == 303

    def test_is_refused_in_the_cold_that_is_forecast(self, dana: Client, cast: Cast) -> None:
        last_called(cast)
        station = ServicePoint.objects.get(pk=cast.electric_1001).premise.station
        for day, low in ((CUT_ON, 40), (CUT_ON + dt.timedelta(days=1), 32)):
            ForecastDay.objects.create(
                station=station, day=day, issued_at=NOW, low_f=low, high_f=50, mean_f=45, source="x"
            )

        _, page = send(dana, act="cut")

        assert "The forecast is too cold or too hot." in page

    def test_after_a_payment_there_is_nothing_to_disconnect(self, dana: Client, cast: Cast) -> None:
        last_called(cast)
        pay(132_47, CUT_ON)

        assert send(dana, act="cut")[0] == 404


class TestHolds:
    def test_stop_a_notice_and_are_ended(self, dana: Client, cast: Cast) -> None:
        last_called(cast)

        _, page = send(dana, act="hold", kind="medical", ends_on="2027-02-12", reason="By phone")
        assert "Medical certificate , until Feb 12, 2027" in page
        assert list_open_processes() == {}
        hold = Hold.objects.get()
        _, page = send(dana, act="end_hold", hold=str(hold.pk))

        assert "Nothing holds this account." in page

    def test_say_why_and_of_a_medical_one_only_to_who_asks(self, dana: Client, cast: Cast) -> None:
        send(dana, act="hold", kind="medical", ends_on="2027-02-12", reason="Nurse Lee, by phone")
        _, page = send(dana, act="hold", kind="extension", reason="Until her wages come")
        hold = Hold.objects.get(kind="medical")

        assert "Until her wages come" in page
        assert "Nurse Lee" not in page
        assert not AuditEntry.objects.filter(act="arrears.reason_seen").exists()
        with moved_to(at(CUT_ON)):
            assert "Nurse Lee, by phone" in words(dana.get(f"{PAGE}?said={hold.pk}").content)
            assert dana.get(f"{PAGE}?said=x").status_code == 404
        assert AuditEntry.objects.filter(act="arrears.reason_seen").count() == 1

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"reason": ""}, "This field is required."),
            ({"ends_on": "2026-12-14"}, "Choose a later last day."),
            ({"kind": "holiday"}, "Select a valid choice."),
        ],
    )
    def test_without_a_reason_or_days_are_refused(
        self, dana: Client, cast: Cast, data: dict[str, str], said: str
    ) -> None:
        given = {"act": "hold", "kind": "medical", "reason": "By phone", **data}
        status, page = sent(dana, given)

        assert (status, said in page) == (400, True)
        assert not Hold.objects.exists()

    @pytest.mark.parametrize("hold", ["0", "x", "", "9" * 30])
    def test_of_nobody_are_not_found(self, dana: Client, cast: Cast, hold: str) -> None:
        assert send(dana, act="end_hold", hold=hold)[0] == 404


class TestFeesAndDeposits:
    def test_a_fee_is_given_up_with_a_reason(self, dana: Client, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=100_00)
        assess_late_fees(now=at(LATE))
        key = "fee:late:due:1001:2026-11-24"

        assert send(dana, LATE, act="waive", source_key=key, reason="")[0] == 400
        status, page = send(dana, LATE, act="waive", source_key=key, reason="First time")

        assert (status, "given up Nov 27, 2026" in page) == (303, True)
        assert FeeWaiver.objects.count() == 1
        assert owed(cast.account_1001).cents == 100_00

    def test_somebody_elses_fee_is_not_found(self, dana: Client, cast: Cast) -> None:
        write_bill(cast.account_1002, electric=100_00)
        assess_late_fees(now=at(LATE))

        status, _ = send(
            dana, LATE, act="waive", source_key="fee:late:due:1002:2026-11-24", reason="x"
        )

        assert status == 404

    def test_a_deposit_is_reckoned_by_the_policy_and_asked_for_once(
        self, dana: Client, cast: Cast
    ) -> None:
        form = {
            "act": "deposit",
            "deposit_id": str(uuid.uuid4()),
            "reason": "New",
            "ground": "no_history",
            "event_on": CUT_ON.isoformat(),
            "instalments": "1",
        }

        pages = [sent(dana, {**form, "expected_year": "1,860"})[1] for _ in range(2)]
        page = pages[-1]
        assert "A deposit of $310.00 is asked for." in page  # two months of twelve
        (deposit,) = Deposit.objects.all()
        _, page = send(dana, act="end_deposit", deposit=str(deposit.pk), how="refunded")
        assert "Nothing of it has been paid" in page
        pay(310_00, CUT_ON)
        _, page = send(dana, act="end_deposit", deposit=str(deposit.pk), how="refunded")

        assert "given back Dec 14, 2026" in page
        assert owed(cast.account_1001).cents == -310_00
        assert AuditEntry.objects.filter(act="deposit.refunded").count() == 1

    def test_a_deposit_in_parts_shows_each_and_one_too_many_is_refused(
        self, dana: Client, cast: Cast
    ) -> None:
        form = {
            "act": "deposit",
            "deposit_id": str(uuid.uuid4()),
            "expected_year": "1,860",
            "reason": "New",
            "ground": "paid_late",
            "event_on": CUT_ON.isoformat(),
            "instalments": "3",
        }
        status, page = sent(dana, form)
        assert (status, "The policy allows fewer parts: 1 at most." in page) == (400, True)
        set_policy(
            key="deposit.most_instalments",
            value=3,
            effective_from=CUT_ON,
            author="Dana",
            now=at(CUT_ON),
        )

        status, page = sent(dana, form)

        assert status == 303
        assert "Bills were paid late" in page
        # 21 days after 14 December, and a month after that.
        assert "due Jan 4, 2027 $103.33 asked for due Feb 4, 2027 $103.34 to come" in page
        late = (CUT_ON - dt.timedelta(days=46)).isoformat()
        status, page = sent(dana, {**form, "deposit_id": str(uuid.uuid4()), "event_on": late})
        assert (status, "within 45 days of what it is for" in page) == (400, True)

    def test_of_nobody_is_not_found(self, dana: Client, cast: Cast) -> None:
        for deposit, how in ((str(uuid.uuid4()), "refunded"), ("x", "refunded")):
            assert send(dana, act="end_deposit", deposit=deposit, how=how)[0] == 404


def test_an_account_that_is_not_there_is_not_found(dana: Client) -> None:
    assert dana.get("/desk/money/arrears/9999/").status_code == 404


def test_an_act_nobody_knows_is_not_found(dana: Client, cast: Cast) -> None:
    assert send(dana, act="pardon")[0] == 404


class TestArrangementsAndWriteOffs:
    def test_instalments_are_agreed_on_shown_and_cancelled(self, dana: Client, cast: Cast) -> None:
        noticed(cast)
        day = dt.date(2026, 12, 7)
        form = {
            "arrangement_id": str(uuid.uuid4()),
            "down": "13.00",
            "months": "4",
            "first_due": "2027-01-07",
        }

        status, page = sent(dana, {"act": "arrange", **form}, day)

        assert status == 303
        assert "Agreed: $132.47 in instalments." in page
        # 119.47 in four: 29.8675 a part, rounded as they add up
        assert "Jan 7, 2027 $29.87 Feb 7, 2027 $29.87 Mar 7, 2027 $29.86" in page
        made = Arrangement.objects.get()
        _, page = send(dana, day, act="cancel_arrangement", arrangement=str(made.pk))
        assert "The arrangement is cancelled." in page
        acts = AuditEntry.objects.filter(act__startswith="arrangement.").order_by("pk")
        assert list(acts.values_list("act", flat=True)) == [
            "arrangement.made",
            "arrangement.cancelled",
        ]

    def test_the_hold_of_an_arrangement_is_not_ended_by_hand(
        self, dana: Client, cast: Cast
    ) -> None:
        noticed(cast)
        form = {"arrangement_id": str(uuid.uuid4()), "months": "4", "first_due": "2027-01-07"}
        sent(dana, {"act": "arrange", **form}, dt.date(2026, 12, 7))

        status, _ = send(dana, act="end_hold", hold=str(Hold.objects.get().pk))

        assert status == 404

    def test_terms_the_policy_does_not_allow_are_refused_in_words(
        self, dana: Client, cast: Cast
    ) -> None:
        noticed(cast)
        form = {"arrangement_id": str(uuid.uuid4()), "months": "2", "first_due": "2027-01-07"}

        status, page = sent(dana, {"act": "arrange", **form}, dt.date(2026, 12, 7))

        assert status == 400
        assert "That is more or fewer instalments than the policy allows." in page

    def test_a_debt_of_a_closed_account_is_written_off_and_asked_for_again(
        self, dana: Client, cast: Cast
    ) -> None:
        write_bill(cast.account_1001, electric=132_47)
        day = dt.date(2027, 6, 1)
        form = {"write_off_id": str(uuid.uuid4()), "reason": "Letters come back"}

        refused, page = sent(dana, {"act": "write_off", **form}, day)
        assert (refused, "The account still has service." in page) == (400, True)
        ServiceAgreement.objects.filter(account=cast.account_1001).update(ends_on=LATE)
        _, page = sent(dana, {"act": "write_off", **form}, day)
        assert "$132.47 is written off." in page
        assert owed(cast.account_1001).cents == 0
        _, page = send(dana, day, act="take_up", write_off=form["write_off_id"])

        assert "The debt is owed again." in page
        assert owed(cast.account_1001).cents == 132_47

    @pytest.mark.parametrize(
        "sent_too", [{"act": "cancel_arrangement"}, {"act": "take_up", "write_off": "none"}]
    )
    def test_of_nobody_are_not_found(
        self, dana: Client, cast: Cast, sent_too: dict[str, str]
    ) -> None:
        noticed(cast)

        assert sent(dana, sent_too)[0] == 404


class TestLowIncome:
    def test_is_marked_seen_and_taken_off(self, dana: Client, cast: Cast) -> None:
        assert cast.account_1001
        status, page = send(dana, act="income", last_day="2027-06-30", how="Letter of LIHEAP")

        assert (status, "Low income until Jun 30, 2027" in page) == (303, True)
        assert "Letter of LIHEAP" in page
        status, page = send(dana, act="end_income")
        assert (status, "The mark is taken off." in page) == (303, True)
        assert send(dana, act="end_income")[0] == 404

    def test_needs_a_day_that_is_not_over(self, dana: Client, cast: Cast) -> None:
        assert cast.account_1001
        status, page = send(dana, act="income", last_day="2026-01-01", how="Letter of LIHEAP")

        assert (status, "Choose a later last day." in page) == (400, True)
