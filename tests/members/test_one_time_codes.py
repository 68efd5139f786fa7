"""A code opens once, for ten minutes, with five tries; only the newest one counts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smarthub.members.models import OneTimeCode
from smarthub.members.operations import (
    CODE_LASTS,
    CodeOver,
    CodesTooMany,
    CodeWrong,
    make_one_time_code,
    use_one_time_code,
)
from tests.cast import NOW

pytestmark = pytest.mark.django_db
WRONG = "2222-2222"


def make(now: dt.datetime = NOW, subject: str = "user:1") -> str:
    return make_one_time_code(purpose="step-up", subject=subject, now=now)


def use(typed: str, now: dt.datetime = NOW, subject: str = "user:1") -> None:
    use_one_time_code(purpose="step-up", subject=subject, typed=typed, now=now)


def test_opens_once_however_it_is_typed() -> None:
    code = make()

    use(f"  {code.lower().replace('-', ' ')} ")

    with pytest.raises(CodeOver):
        use(code)


def test_nothing_that_could_be_read_is_kept() -> None:
    code = make()

    row = OneTimeCode.objects.get()
    assert code.replace("-", "") not in f"{row.digest}{row.subject}{row.purpose}".upper()
    assert len(row.digest) == 64


def test_ends_after_ten_minutes() -> None:
    code = make()

    use_late = NOW + CODE_LASTS
    with pytest.raises(CodeOver):
        use(code, use_late)
    use(code, use_late - dt.timedelta(seconds=1))


def test_counts_five_tries_and_then_does_not_take_even_the_code() -> None:
    code = make()

    left = []
    for _ in range(5):
        with pytest.raises(CodeWrong) as wrong:
            use(WRONG)
        left.append(wrong.value.values["tries_left"])

    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeOver):
        use(code)


def test_the_newest_code_alone_counts() -> None:
    old, new = make(), make(NOW + dt.timedelta(seconds=1))

    with pytest.raises(CodeWrong):
        use(old, NOW + dt.timedelta(seconds=2))
    use(new, NOW + dt.timedelta(seconds=2))


def test_opens_nothing_else() -> None:
    code = make()
    make(subject="user:2")

    with pytest.raises(CodeWrong):
        use(code, subject="user:2")


def test_no_more_than_five_are_made_in_an_hour() -> None:
    for _ in range(5):
        make()

    with pytest.raises(CodesTooMany):
        make()
    make(NOW + dt.timedelta(minutes=61))


def test_a_code_nobody_made_costs_the_same_queries_as_a_wrong_one() -> None:
    make()

    with (
        CaptureQueriesContext(
            connection,
        ) as wrong,
        pytest.raises(CodeWrong),
    ):
        use(WRONG)
    with CaptureQueriesContext(connection) as none, pytest.raises(CodeOver):
        use(WRONG, subject="nobody")

    assert len(wrong) == len(none) == 2
