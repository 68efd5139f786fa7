"""Why a bill differs and two bills side by side, in their states."""

from __future__ import annotations

from tests.e2e.access.shown import Route, Shown

BILLS_ROUTES = (
    Route(
        "bill_changed",
        (
            Shown("empty", "one", "/bills/2001/2001-241101/changed/"),
            Shown("one", "one", "/bills/2001/2001-241201/changed/"),
            Shown("forty", "forty_services", "/bills/2040/2040-241201/changed/"),
            Shown("estimated", "estimated", "/bills/2008/2008-241201/changed/"),
            Shown("long name", "long_name", "/bills/2009/2009-241201/changed/"),
            Shown("million", "million", "/bills/2007/2007-241201/changed/"),
        ),
        fewer="compares charges: what is due, paid or pending stands on the bill itself",
    ),
    Route(
        "bills_beside",
        (
            Shown("empty", "settled_in", "/bills/2010/beside/"),
            Shown("one", "one", "/bills/2001/beside/"),
            Shown("forty", "forty_services", "/bills/2040/beside/"),
            Shown("long name", "long_name", "/bills/2009/beside/"),
            Shown("million", "million", "/bills/2007/beside/"),
        ),
        fewer="a choice of two bills that exist; what is due stands on each of them",
    ),
)
BILLS_NO_PAGES = {
    "bills_zip": "a file",
    "bills_csv": "a file",
}
