"""The demo co-op in the database: it came in as real data does, and only once."""

from __future__ import annotations

import datetime as dt
import io
import json
import time
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import Sum
from pytest_django import Settings

from smarthub.accounts.access import list_visible_accounts, open_account
from smarthub.accounts.models import Account
from smarthub.accounts.queries import find_accounts
from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.auto_pay.queries import list_credits, list_drafts, list_plans, list_proposals
from smarthub.auto_pay.types import CreditState, DraftState, DraftView, Plan, PlanState
from smarthub.billing.models import BillException, BillSegment
from smarthub.billing.queries import get_bill, list_latest_bills
from smarthub.billing.reproducing import reprice
from smarthub.cooperative.queries import get_cooperative
from smarthub.jobs.demo.drafted import Part, list_enrolments, list_old_system
from smarthub.jobs.demo.loading import ZONE, load_demo
from smarthub.jobs.demo.reads import import_read_files, write_read_files
from smarthub.jobs.demo.sign_ins import PASSWORD, TOTP_SECRET
from smarthub.jobs.demo.world import Habit
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period, day_bounds
from smarthub.ledger.models import PostingRow
from smarthub.ledger.queries import get_balances
from smarthub.members.models import User
from smarthub.metering.models import IntervalDay, IntervalRevision, RegisterRead
from smarthub.metering.operations.estimates import ESTIMATE_PROFILE
from smarthub.notifications.models import Message
from smarthub.payments.models import MoneyException
from smarthub.usage.queries import list_daily_use
from smarthub.workflows.cooperative.export_ledger import gather_export
from tests.integrations.plain_accounts.judges import LAYOUTS, judge, written
from tests.jobs.conftest import BASE_URL, WISH, LoadedDemo, contents_of_database, silently

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("loaded demo"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]
TODAY = WISH.today
BY_THE_HOUR = {"E-R2", "E-R3", "E-LGS", "E-NM", "E-NB"}
HOME, WALTER, JUNE, ROSA = "0001001001", "0001002001", "0001003001", "0001006001"


class TestLoadingAgain:
    def test_a_load_that_was_killed_goes_on_to_the_same_co_op(
        self, loaded_demo: LoadedDemo
    ) -> None:
        assert loaded_demo.contents_after_kills == loaded_demo.contents

    def test_a_second_run_changes_nothing_and_is_quick(
        self, loaded_demo: LoadedDemo, tmp_path: Path
    ) -> None:
        begun = time.monotonic()

        loaded = load_demo(wish=WISH, state_dir=tmp_path, base_url=BASE_URL, report=silently)

        assert not loaded
        assert time.monotonic() - begun < 1
        assert contents_of_database() == loaded_demo.contents
        assert (tmp_path / "demo.json").exists()

    def test_importing_the_files_again_changes_nothing(self, loaded_demo: LoadedDemo) -> None:
        folder = loaded_demo.state_dir / "import"
        left = {path.name: path.read_bytes() for path in folder.iterdir()}
        now, _end = day_bounds(TODAY, ZONE)

        files = write_read_files(loaded_demo.world, folder=folder, zone=ZONE)
        reports = import_read_files(files, zone=ZONE, now=now)

        assert {path.name: path.read_bytes() for path in folder.iterdir()} == left
        assert all(report.already_known and not report.stored for report in reports)
        assert contents_of_database() == loaded_demo.contents


class TestReadsAndBills:
    def test_every_row_of_every_file_was_taken(self, loaded_demo: LoadedDemo) -> None:
        folder = loaded_demo.state_dir / "import"
        lines = {
            kind: sum(len(path.read_text().splitlines()) - 1 for path in folder.glob(f"{kind}*"))
            for kind in ("intervals", "registers")
        }

        as_read = IntervalDay.objects.exclude(file__profile=ESTIMATE_PROFILE).count()
        filled_up = IntervalRevision.objects.filter(new_file__profile=ESTIMATE_PROFILE).count()
        assert as_read + filled_up == lines["intervals"]
        assert RegisterRead.objects.count() == lines["registers"]
        assert lines["intervals"] > 0

    def test_no_account_was_left_out_of_a_run(self, loaded_demo: LoadedDemo) -> None:
        newest = list_latest_bills(account_ids=_account_ids())

        assert not BillException.objects.exists()
        assert len(newest) == len(list(loaded_demo.world.holdings))

    def test_billed_use_is_the_difference_of_the_registers(self, loaded_demo: LoadedDemo) -> None:
        shown = _register_values()
        segments = BillSegment.objects.filter(quantity__isnull=False)

        for segment in segments.select_related("service_point"):
            supply = next(
                supply
                for _, supply in loaded_demo.world.supplies
                if supply.number == segment.service_point.number
            )
            used = sum(
                (_used(shown[m.serial], m.dials, m.multiplier, segment) for m in supply.meters),
                Decimal(0),
            )
            if supply.tariff in BY_THE_HOUR:  # a register shows whole units of its multiplier
                assert segment.quantity is not None
                assert abs(segment.quantity - used) < max(m.multiplier for m in supply.meters)
            else:
                assert segment.quantity == used
        assert segments.count() > 0

    def test_every_rate_of_the_smallest_demo_was_billed_and_can_be_priced_again(
        self, loaded_demo: LoadedDemo
    ) -> None:
        segments = list(BillSegment.objects.select_related("tariff_version"))

        billed = {segment.tariff_version.code for segment in segments}
        assert billed == {supply.tariff for _, supply in loaded_demo.world.supplies}
        for segment in segments:
            again = [(line.code, line.amount.cents) for line in reprice(segment=segment)]
            stored = segment.lines.order_by("position").values_list("code", "amount_cents")
            assert again == list(stored)

    def test_intervals_add_up_to_the_registers_where_none_is_missing(
        self, loaded_demo: LoadedDemo
    ) -> None:
        segment = BillSegment.objects.get(
            service_point__number=f"E{HOME}01", bill__bill_date=dt.date(2026, 11, 7)
        )
        period = Period(segment.period_start, segment.period_end)

        point_id = ServicePointId(segment.service_point_id)
        use = list_daily_use(service_point_ids=[point_id], period=period)

        # Maria's measured home has no gap; whole kWh at both ends hide less than one each.
        (days,) = use.values()
        total = sum((day.quantity for day in days if day.quantity is not None), Decimal(0))
        assert len(days) == period.days
        assert segment.quantity is not None
        assert abs(total - segment.quantity) < 1

    def test_gas_passes_the_last_number_of_a_five_dial_register(
        self, loaded_demo: LoadedDemo
    ) -> None:
        rosa = next(h for h in loaded_demo.world.holdings if h.number == ROSA)
        gas = next(supply for _, supply in rosa.supplies if supply.service == "gas")

        assert (gas.meters[0].dials, gas.meters[0].starts_at) == (5, 99_400)

    def test_only_the_newest_run_is_announced(self, loaded_demo: LoadedDemo) -> None:
        of_bills = Message.objects.filter(template__startswith="bill_")
        keys = of_bills.values_list("dedupe_key", flat=True)

        # C2 billed last, on 14 November; what is told of bills is about those of that day.
        assert keys
        assert all("-261114:" in key for key in keys)


class TestBalances:
    def test_each_sample_member_stands_where_their_part_says(self, loaded_demo: LoadedDemo) -> None:
        asked = _asked()
        newest = list_latest_bills(account_ids=_account_ids())
        bill = {summary.number[:10]: summary for summary in newest.values()}

        assert asked[HOME] == bill[HOME].charges > ZERO
        assert bill[HOME].due_date >= TODAY
        assert asked[WALTER] > bill[WALTER].charges  # an older bill is unpaid as well
        assert asked[JUNE] < ZERO
        assert asked[ROSA] == bill[ROSA].charges

    def test_nobody_pays_more_than_is_asked_but_those_who_pay_ahead(
        self, loaded_demo: LoadedDemo
    ) -> None:
        asked = _asked()

        ahead = {h.number for h in loaded_demo.world.holdings if h.habit is Habit.AHEAD}

        assert {number for number, money in asked.items() if money < ZERO} == ahead
        assert ZERO in asked.values()

    def test_rosa_gets_one_bill_for_three_services(self, loaded_demo: LoadedDemo) -> None:
        account = Account.objects.get(number=ROSA)

        bill = get_bill(account_id=AccountId(account.pk), number=f"{ROSA}-261114")

        assert [segment.service for segment in bill.segments] == ["electric", "fiber", "gas"]
        assert bill.segments[1].total == Money(69_00)


class TestAutoPay:
    def test_a_third_of_those_with_an_address_are_on_it_and_no_sample_member(
        self, loaded_demo: LoadedDemo
    ) -> None:
        numbers = {plan.account_number for plan in _plans()}

        enrolments = list_enrolments(loaded_demo.world)
        assert numbers == {each.holding.number for each in enrolments}
        assert not numbers & {HOME, "0001001002", WALTER, JUNE, ROSA}

    def test_each_part_is_there_to_be_looked_at(self, loaded_demo: LoadedDemo) -> None:
        states = {plan.account_number: plan.state for plan in _plans()}
        told = {
            each.part: [(view.state, len(view.tries)) for view in _drafts(each.holding.number)]
            for each in list_enrolments(loaded_demo.world)
        }

        paid, planned = (DraftState.PAID, 1), (DraftState.PLANNED, 0)
        assert told == {
            Part.TAKEN: [planned, paid],
            Part.PAUSED: [planned, paid],
            Part.RETRIED: [paid, (DraftState.PAID, 2)],
            Part.SUSPENDED: [(DraftState.FAILED, 1), (DraftState.FAILED, 1)],
            Part.ABOVE_CAP: [(DraftState.ASKED, 0), paid],
            Part.RECENT: [],
        }
        assert Counter(states.values()) == {
            PlanState.ACTIVE: 4,
            PlanState.PAUSED: 1,
            PlanState.SUSPENDED: 1,
        }

    def test_the_credit_is_on_first_bills_and_waits_for_one(self, loaded_demo: LoadedDemo) -> None:
        del loaded_demo
        earned = list_credits(account_ids=_account_ids())

        assert {each.amount for each in earned} == {Money(5_00)}
        assert {each.state for each in earned} == {CreditState.POSTED, CreditState.PENDING}

    def test_the_old_systems_auto_pay_is_proposed(self, loaded_demo: LoadedDemo) -> None:
        proposed = list_proposals(account_ids=_account_ids())

        assert len(proposed) == len(list_old_system(loaded_demo.world)) > 0

    def test_every_draft_that_was_paid_was_settled_by_the_gateway(
        self, loaded_demo: LoadedDemo
    ) -> None:
        del loaded_demo
        clearing = PostingRow.objects.filter(gl__startswith="clearing:sandbox")

        assert clearing.exists()
        assert clearing.aggregate(cents=Sum("amount_cents"))["cents"] == 0
        assert not MoneyException.objects.exists()


class TestSignIns:
    def test_demo_json_says_who_can_sign_in_to_see_what(self, loaded_demo: LoadedDemo) -> None:
        described = json.loads((loaded_demo.state_dir / "demo.json").read_text())

        assert set(described) == {"base_url", "coop", "time_zone", "sign_ins"}
        assert described["base_url"] == BASE_URL
        assert described["coop"] == get_cooperative(on=TODAY).identity.name
        assert described["time_zone"] == "America/Chicago"
        assert [each["role"] for each in described["sign_ins"]] == ["member"] * 9 + ["staff"]
        maria, dana = described["sign_ins"][0], described["sign_ins"][-1]
        assert maria["email"] == "maria@prairieridge.example"
        assert maria["accounts"][0] == {
            "number": HOME,
            "service_locations": [
                {"number": f"E{HOME}01", "service": "electric", "meters": ["PR11000000"]},
                {"number": f"G{HOME}01", "service": "gas", "meters": ["PR21000000"]},
            ],
        }
        assert (dana["accounts"], dana["totp_secret"]) == ([], TOTP_SECRET)

    def test_everybody_in_demo_json_can_sign_in_and_sees_those_accounts(
        self, loaded_demo: LoadedDemo
    ) -> None:
        described = json.loads((loaded_demo.state_dir / "demo.json").read_text())

        for each in described["sign_ins"]:
            user = authenticate(None, email=each["email"], password=each["password"])
            assert user is not None
            seen = list_visible_accounts(user_id=user.pk, on=TODAY)
            assert [account.number for account in seen] == [
                account["number"] for account in each["accounts"]
            ]

    def test_ben_may_see_marias_home_but_not_pay(self, loaded_demo: LoadedDemo) -> None:
        ben = User.objects.get(email="ben@prairieridge.example")

        assert not open_account(user_id=ben.pk, number=HOME, on=TODAY).may_pay

    def test_dana_is_staff_with_a_second_factor(self, loaded_demo: LoadedDemo) -> None:
        dana = User.objects.get(email="dana@prairieridge.example")
        factor = TOTP(Authenticator.objects.get(user=dana))
        code = f"{hotp_value(TOTP_SECRET, int(time.time()) // 30):06d}"

        assert dana.is_staff
        assert dana.check_password(PASSWORD)
        assert factor.validate_code(code)

    def test_an_old_account_number_still_finds_the_account(self, loaded_demo: LoadedDemo) -> None:
        maria = loaded_demo.world.households[0]

        (found,) = find_accounts(term=maria.holdings[0].legacy_number)

        assert found.number == HOME


class TestCommand:
    def test_writes_demo_json_where_the_demo_is_loaded_already(
        self, loaded_demo: LoadedDemo, settings: Settings, tmp_path: Path
    ) -> None:
        settings.DEMO, settings.STATE_DIR = True, tmp_path
        settings.BASE_URL = "http://127.0.0.1:8123"
        said = io.StringIO()

        call_command("load_demo", stdout=said)

        described = json.loads((tmp_path / "demo.json").read_text())
        assert described["base_url"] == "http://127.0.0.1:8123"
        assert described["sign_ins"][0]["accounts"][0]["number"] == HOME
        assert said.getvalue() == "The demo co-op is there.\n"


def _account_ids() -> list[AccountId]:
    return [AccountId(pk) for pk in Account.objects.order_by("number").values_list("pk", flat=True)]


def _plans() -> list[Plan]:
    return list(list_plans(account_ids=_account_ids()).values())


def _drafts(number: str) -> list[DraftView]:
    account = Account.objects.get(number=number)
    return list_drafts(account_id=AccountId(account.pk), zone=ZONE, limit=9)


def _asked() -> dict[str, Money]:
    numbers = dict(Account.objects.values_list("pk", "number"))
    balances = get_balances(account_ids=_account_ids())
    return {numbers[account_id]: balance.asked for account_id, balance in balances.items()}


def _register_values() -> dict[str, dict[dt.date, Decimal]]:
    shown: dict[str, dict[dt.date, Decimal]] = defaultdict(dict)
    reads = RegisterRead.objects.values_list("register__meter__serial", "read_on", "value")
    for serial, read_on, value in reads:
        shown[serial][read_on] = value
    return shown


def _used(
    shown: dict[dt.date, Decimal], dials: int, multiplier: int, segment: BillSegment
) -> Decimal:
    """Return what one meter counted inside a segment's period, by rules 12 and 13."""
    days = sorted(day for day in shown if segment.period_start <= day <= segment.period_end)
    if not days:
        return Decimal(0)
    difference = (shown[days[-1]] - shown[days[0]]) % Decimal(10**dials)
    return difference * multiplier


@pytest.mark.parametrize("layout", LAYOUTS)
def test_programs_of_others_find_the_demos_ledger_sound(
    loaded_demo: LoadedDemo, layout: str, tmp_path: Path
) -> None:
    del loaded_demo

    assert judge(written(gather_export(), layout), layout, tmp_path) == ""
