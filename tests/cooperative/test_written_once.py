"""A question that is written once answers like the queryset it was written from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import CharField, QuerySet, Value
from pytest_django import DjangoAssertNumQueries

from smarthub.cooperative.among import among
from smarthub.cooperative.models import Policy
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.array_text import array_text
from tests.cast import NOW

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 11, 1)


def policies_of(keys: Any, on: Any) -> QuerySet[Policy, Any]:
    rows = Policy.objects.filter(among("key", keys), effective_from__lte=on)
    return rows.order_by("key", "effective_from").values_list("key", "effective_from")


@pytest.fixture
def two_policies() -> None:
    for key, day in (("fee", DAY), ("fee", DAY + dt.timedelta(days=9)), ("grace", DAY)):
        Policy.objects.create(
            key=key, value={"x": 1}, effective_from=day, author="test", recorded_at=NOW
        )


@pytest.mark.usefixtures("two_policies")
class TestWrittenOnce:
    def test_answers_as_the_queryset_does_with_other_values_each_time(self) -> None:
        question = WrittenOnce(lambda: policies_of(Given("keys"), Given("on")))

        for keys in ([], ["fee"], ["fee", "grace"], ["none", 'a "quoted", one']):
            for on in (DAY, DAY + dt.timedelta(days=30)):
                told = question.ask(keys=array_text(keys), on=on)
                assert told == list(policies_of(keys, on))

    def test_is_written_when_it_is_first_asked_and_never_again(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        written: list[int] = []

        def queryset() -> QuerySet[Policy, Any]:
            written.append(1)
            return policies_of(Given("keys"), Given("on"))

        question = WrittenOnce(queryset)
        assert written == []
        with django_assert_num_queries(2):
            question.ask(keys="{fee}", on=DAY)
            question.ask(keys="{grace}", on=DAY)
        assert written == [1]

    def test_a_value_is_never_taken_for_sql(self) -> None:
        question = WrittenOnce(lambda: policies_of(Given("keys"), Given("on")))

        assert question.ask(keys=array_text(["'; DROP TABLE x; --%s"]), on=DAY) == []

    def test_refuses_to_be_asked_without_a_value(self) -> None:
        question = WrittenOnce(lambda: policies_of(Given("keys"), Given("on")))

        with pytest.raises(KeyError, match="on"):
            question.ask(keys="{fee}")

    def test_several_questions_are_asked_as_one(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        def rows_of(key: str) -> QuerySet[Policy, Any]:
            rows = Policy.objects.filter(key=key, effective_from__lte=Given("on"))
            return rows.values_list("effective_from", Value(key, output_field=CharField()))

        question = WrittenOnce(lambda: union([rows_of("fee"), rows_of("grace")]))

        with django_assert_num_queries(1):
            assert sorted(question.ask(on=DAY)) == [(DAY, "fee"), (DAY, "grace")]
