"""Drafts of rates for the visited desk: one that waits, one that was previewed."""

from __future__ import annotations

import copy
import datetime as dt

import yaml

from smarthub.workflows.rates.draft_tariff import LAST_MONTH, ask_for_preview, make_preview, save
from tests.e2e.access.people import VISITED_AT
from tests.metering.yard import CHICAGO
from tests.rating.rate_book import E_R1

VISITED_ON = dt.date(2024, 12, 10)


def write_drafts(*, clerk: int) -> None:
    """Have a clerk write two drafts of E-R1, and preview the second over December's bills."""
    drafts = []
    for rate in ("0.0800", "0.0900"):
        definition = copy.deepcopy(E_R1)
        definition["charges"][3]["rate"] = rate
        text = yaml.safe_dump(definition, allow_unicode=True, sort_keys=False)
        drafts.append(save(draft_id=None, text=text, user_id=clerk, seen_digest="", now=VISITED_AT))
    assert drafts == [1, 2], "the addresses in routes_rates.py say so"
    preview = ask_for_preview(
        draft_id=drafts[1], compared_with="E-R1", on=VISITED_ON, now=VISITED_AT
    )
    make_preview(
        preview_id=preview,
        since=VISITED_ON - LAST_MONTH,
        zone=CHICAGO,
        on=VISITED_ON,
        now=VISITED_AT,
    )
