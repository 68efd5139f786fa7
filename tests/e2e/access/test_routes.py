"""No page is left out of the harness, and no state without a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, get_resolver

from tests.e2e.access.browsing import COMBINATIONS
from tests.e2e.access.routes import NO_PAGES, ROUTES, STATES
from tests.e2e.access.test_access import list_visits

OF_THE_HARNESS = {"fail"}


def names_of_addresses(resolver: Any) -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from names_of_addresses(each)
        else:
            yield str(each.name or each.pattern)


def test_every_address_is_visited_or_says_why_not() -> None:
    served = set(names_of_addresses(get_resolver("smarthub.config.urls")))
    listed = {route.name for route in ROUTES} - OF_THE_HARNESS

    assert served == listed | NO_PAGES.keys()
    assert not listed & NO_PAGES.keys()


def test_a_page_with_fewer_states_says_why() -> None:
    for route in ROUTES:
        left_out = set(STATES) - {shown.state for shown in route.shown}

        assert not left_out or route.fewer, f"{route.name} leaves out {left_out}"


def test_every_state_is_visited_once_and_all_combinations_are_used() -> None:
    visits = list_visits(in_full=False)
    states = {(route.name, shown) for route in ROUTES for shown in route.shown}

    assert {(visit.page, visit.shown) for visit in visits} == states
    assert {visit.combination for visit in visits} == set(COMBINATIONS)
    assert len(list_visits(in_full=True)) == len(states) * len(COMBINATIONS)
