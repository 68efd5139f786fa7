"""The table of budgets, and how a measured figure is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthub.jobs.bench import budgets
from smarthub.jobs.bench.budgets import PAGES, Budget, Unit
from smarthub.jobs.bench.first_view import Answer, FirstView, Visitor
from smarthub.jobs.bench.lighthouse import NoLighthouse, look_at_pages
from smarthub.jobs.bench.running import answers
from smarthub.jobs.bench.web import Figure

KEPT = "max-age=315360000, public, immutable"
MARIA = Visitor(
    "http://127.0.0.1:8000",
    "http://127.0.0.1:8001",
    ({"name": "sessionid", "value": "abc"}, {"name": "csrftoken", "value": "def"}),
    dict.fromkeys(PAGES, "/"),
)


@pytest.mark.parametrize(
    ("budget", "good", "bad"),
    [
        (budgets.FIRST_VIEW, 60.0, 60.001),
        (budgets.SCRIPT, 25.0, 25.001),
        (budgets.STYLES, 18.0, 18.001),
        (budgets.FONTS, 26.0, 26.001),
        (budgets.SHIFT, 0.0199, 0.02),
        (budgets.ACCESSIBILITY, 100, 99),
        (budgets.BEST_PRACTICES, 100, 99),
        (budgets.PERFORMANCE, 95, 94),
        (budgets.OUTSIDE, 0, 1),
        (budgets.NOT_KEPT, 0, 1),
    ],
)
def test_a_limit_is_the_one_members_were_promised(budget: Budget, good: float, bad: float) -> None:
    assert budget.holds(good)
    assert not budget.holds(bad)


def test_fonts_and_charts_are_counted_apart() -> None:
    seen = FirstView(
        (
            Answer("http://x/", "Document", 8.0, "no-store"),
            Answer("http://x/smarthub.css", "Stylesheet", 5.0, KEPT),
            Answer("http://x/once.js", "Script", 1.0, KEPT),
            Answer("http://x/uPlot.js", "Script", 22.0, KEPT),
            Answer("http://x/a.woff2", "Font", 12.0, "max-age=60"),
        ),
        outside=(),
    )

    # 8 + 5 + 1; the page itself is kept by nobody, and must be.
    assert seen.kilobytes == 14.0
    assert seen.script_kilobytes == 1.0
    assert seen.style_kilobytes == 5.0
    assert seen.font_kilobytes == 12.0
    assert seen.not_kept == ("http://x/a.woff2",)


def test_only_a_pay_page_may_ask_the_gateway() -> None:
    assert MARIA.may_ask("http://127.0.0.1:8001/setup/1", page="pay")
    assert not MARIA.may_ask("http://127.0.0.1:8001/setup/1", page="home")
    assert MARIA.may_ask("http://127.0.0.1:8000/static/a.js", page="home")
    assert not MARIA.may_ask("http://127.0.0.1:80009/a.js", page="pay")


def test_a_line_tells_the_figure_its_limit_and_the_verdict() -> None:
    light = Figure("script", "home", 1.494, Unit.KILOBYTES, budgets.SCRIPT)
    heavy = Figure("script", "home", 25.1, Unit.KILOBYTES, budgets.SCRIPT)
    free = Figure("CPU", "bill", 9.96, Unit.MILLISECONDS)

    assert " ".join(light.line().split()) == "script home at most 25.0 kB 1.5 kB PASS"
    assert " ".join(heavy.line().split()) == "script home at most 25.0 kB 25.1 kB over"
    assert " ".join(free.line().split()) == "CPU bill 10.0 ms"


def test_without_lighthouse_it_is_said_plainly_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoLighthouse, match="make assets"):
        look_at_pages(visitor=MARIA, root=tmp_path, chromium=tmp_path, categories=())


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_where_nobody_listens_no_portal_answers() -> None:
    assert not answers("http://127.0.0.1:9")
