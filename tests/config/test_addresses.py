"""No address opens anything but a one-time link, and each place in one is known for what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.source import ROOT

OPENS = {"link", "key"}
"""Places that may hold what opens something, and the routes that may have them."""
LINKS = {
    "link": {"link", "link_review"},  # pays one account once, signed and with an end
    # The library's links in mails, closed here; and ids of things staff or a member made.
    "key": {
        *("account_confirm_email", "account_reset_password_from_key", "usage_unpin"),
        *("desk_import", "desk_import_progress", "desk_import_confirm", "desk_import_drop"),
        "desk_money_policy",
    },
}
NAMES_OF_THINGS = {
    *("number", "bill_number", "point", "reference", "invitation", "cycle", "day", "when"),
    *("payment_id", "schedule_id", "method_id", "check_id", "report_id", "file_id", "refund_id"),
    *("exception_id", "item_id", "difference", "certificate", "draft", "pk", "uidb36", "name"),
    *("action", "cents", "language", "promise", "agency", "city", "deposit"),
}
"""Printed numbers and made-up ids: each page asks who is there (``tests/portal/rosa``)."""
ASKED = {
    *("account", "before", "change", "check", "close", "date", "file", "first", "from", "next"),
    *("after", "entry", "page", "q", "said", "second", "setup", "then", "v", "year"),
    "hand_off",  # the id of a phone payment; its code is what opens, and is told by voice
}
"""Names of values after the question mark that views read; none opens anything."""
ASKING = re.compile(r"GET(?:\.get|\.getlist)?[(\[]\"(\w+)\"")


def places(resolver: URLResolver) -> Iterator[tuple[str, str]]:
    """Yield each place of each route with the route's name."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from places(each)
        elif isinstance(each, URLPattern):
            groups = each.pattern.regex.groupindex
            yield from ((name, str(each.name)) for name in {*each.pattern.converters, *groups})


def test_only_links_have_a_place_for_what_opens_something() -> None:
    found = list(places(get_resolver()))

    assert len(found) > 100
    assert {name for name, _ in found} <= NAMES_OF_THINGS | OPENS
    assert {(name, route) for name, route in found if name in OPENS} <= {
        (name, route) for name, routes in LINKS.items() for route in routes
    }


def test_nothing_that_opens_something_is_read_after_the_question_mark() -> None:
    sources = (ROOT / "smarthub").rglob("*.py")
    read = {name for file in sources for name in ASKING.findall(file.read_text("utf-8"))}

    assert len(read) > 10
    assert read <= ASKED
