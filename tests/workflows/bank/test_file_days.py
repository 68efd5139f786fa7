"""Days that files about money tell of: today and a year back are taken, anything else refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from smarthub.arrears.types import AgencyKind
from smarthub.integrations.csv_files.agency import AgencyRows
from smarthub.integrations.csv_files.cash import CashRows
from smarthub.integrations.csv_files.collection import CollectionRows
from smarthub.integrations.lockbox.format import LockboxRows
from smarthub.payments.models import MoneyFile, Payment, SuspenseItem
from smarthub.payments.ports import BankFileRefused
from smarthub.workflows.bank import bank_files
from smarthub.workflows.debts.pledges import add_agency
from tests.cast import NOW, TODAY, Cast
from tests.integrations.nacha.files import sent_back
from tests.workflows.own_files import SETTLED, Bank

ONE_DAY = dt.timedelta(days=1)
LATE = dt.datetime(2026, 11, 23, 5, 30, tzinfo=dt.UTC)
"""Half past eleven in the evening of the 22nd where the co-op is."""

KINDS = {
    "lockbox": (
        "lockbox,4711,{day}\ncheck,1,1,5.00,77,\nbatch,1,1,5.00\nfile,1,5.00\n",
        (1, "deposited_on"),
        (bank_files.preview_lockbox, bank_files.take_lockbox, LockboxRows()),
    ),
    "cash": (
        "cash,412007\npaid,1,5.00,2026-11-20,R-1\npaid,2,5.00,{day},R-2\nfile,2,10.00\n",
        (3, "paid_on"),
        (bank_files.preview_cash, bank_files.take_cash, CashRows()),
    ),
    "agency": (
        "agency,LIHEAP,{day},40112\npaid,V-1,1001,Alvarez,5.00\nfile,1,5.00\n",
        (1, "paid_on"),
        (bank_files.preview_agency, bank_files.take_agency, AgencyRows()),
    ),
    "collect": (
        "statement,COLLECT-1\npaid,S-1,P1,{day},5.00,1.00\nfile,1,5.00,1.00\n",
        (2, "paid_on"),
        (bank_files.preview_collected, bank_files.take_collected, CollectionRows()),
    ),
}


@pytest.fixture
def given(cast: Cast) -> Callable[..., list[object]]:
    """Return what looks at a file of a kind with a day in it, and what takes it in."""
    for code, kind in (("LIHEAP", AgencyKind.ASSISTANCE), ("COLLECT-1", AgencyKind.COLLECTION)):
        add_agency(user_id=cast.dana.user.pk, code=code, kind=kind, name=code, now=NOW)

    def give(kind: str, day: dt.date, *, taking: bool, now: dt.datetime = NOW) -> list[object]:
        text, _where, (look, take, layout) = KINDS[kind]
        name = {"name": "file.csv"} if taking else {}
        return (take if taking else look)(  # type: ignore[operator, no-any-return]
            user_id=cast.dana.user.pk,
            content=text.format(day=day).encode(),
            layout=layout,
            now=now,
            **name,
        )

    return give


@pytest.mark.parametrize("taking", [False, True], ids=["looked at", "taken"])
@pytest.mark.parametrize(
    ("days", "reason"), [(1, "day_ahead"), (-367, "day_long_gone")], ids=["ahead", "long gone"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_day_ahead_or_long_gone_refuses_the_whole_file(
    given: Callable[..., list[object]], kind: str, days: int, reason: str, *, taking: bool
) -> None:
    day = TODAY + days * ONE_DAY

    with pytest.raises(BankFileRefused) as refused:
        given(kind, day, taking=taking)

    line, field = KINDS[kind][1]
    assert refused.value.values == {
        "line": line,
        "field": field,
        "reason": reason,
        "found": f"{day:%Y-%m-%d}",
    }
    assert not MoneyFile.objects.exists()
    assert not Payment.objects.exists()
    assert not SuspenseItem.objects.exists()


@pytest.mark.parametrize("days", [0, -366])
@pytest.mark.parametrize("kind", KINDS)
def test_today_and_a_year_ago_are_taken(
    given: Callable[..., list[object]], kind: str, days: int
) -> None:
    assert given(kind, TODAY + days * ONE_DAY, taking=True)


@pytest.mark.parametrize(("days", "is_taken"), [(0, True), (1, False)])
def test_the_day_is_the_co_ops_own_not_that_of_greenwich(
    given: Callable[..., list[object]], days: int, *, is_taken: bool
) -> None:
    if is_taken:
        assert given("lockbox", TODAY + days * ONE_DAY, taking=True, now=LATE)
    else:
        with pytest.raises(BankFileRefused):
            given("lockbox", TODAY + days * ONE_DAY, taking=True, now=LATE)


class TestReturns:
    """Given on Monday 30 November 2026."""

    @pytest.mark.parametrize(
        ("settles", "reason"),
        [(b"261202", "day_ahead"), (b"251128", "day_long_gone"), (b"261341", "not_a_day")],
    )
    def test_that_settle_on_an_odd_day_refuse_the_whole_file(
        self, cast: Cast, settles: bytes, reason: str
    ) -> None:
        bank = Bank(cast)

        for give in (bank.preview, bank.hear):
            with pytest.raises(BankFileRefused) as refused:
                give(settling(settles))
            told = refused.value.values
            assert (told["field"], told["reason"]) == ("settles_on", reason)

        assert not MoneyFile.objects.exists()

    @pytest.mark.parametrize("settles", [b"261201", b"261130", b"251129", b"      ", b"000000"])
    def test_of_the_next_banking_day_of_this_year_and_of_no_day_are_taken(
        self, cast: Cast, settles: bytes
    ) -> None:
        (row,) = Bank(cast).hear(settling(settles))

        assert row.code == "R01"

    def test_before_a_weekend_the_next_banking_day_is_monday(self) -> None:
        assert f"{SETTLED:%A %d %B}" == "Monday 30 November"


def settling(day: bytes) -> bytes:
    """Return a file of one return, with a day in its batch."""
    content = sent_back(("R01", "091000010000001", 5_00, ""))
    before = b"ELECBILL" + b" " * 8
    assert before + b"261127" in content
    return content.replace(before + b"261127", before + day)
