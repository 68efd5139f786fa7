"""Rates: what a member's months would cost on each, in their states."""

from __future__ import annotations

from tests.e2e.access.shown import Route, Shown

RATE_ROUTES = (
    Route(
        "rate_comparison",
        (
            Shown("empty", "settled_in", "/usage/2010/E2010-0/rates/"),
            Shown("one", "one", "/usage/2001/E2001-0/rates/"),
            Shown("estimated", "estimated", "/usage/2008/E2008-0/rates/"),
            Shown("long name", "long_name", "/usage/2009/E2009-0/rates/"),
        ),
        fewer="one service at a time, without a form; what is due stands on other pages",
    ),
)
