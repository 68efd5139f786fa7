"""``smarthub bench web``: every figure of the budgets, with its limit and what was measured."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from smarthub.jobs.bench import budgets
from smarthub.jobs.bench.budgets import PAGES, Budget, Unit
from smarthub.jobs.bench.cost import measure_cost
from smarthub.jobs.bench.explorer import count_queries, first_chart_ms, measure_figures
from smarthub.jobs.bench.first_view import (
    BROWSER_ARGUMENTS,
    FirstView,
    Visitor,
    layout_shift,
    sign_in,
    view,
)
from smarthub.jobs.bench.lighthouse import (
    ACCESSIBILITY,
    BEST_PRACTICES,
    PERFORMANCE,
    Look,
    NoLighthouse,
    look_at_pages,
)

CHROMIUM = Path(os.environ.get("SMARTHUB_CHROMIUM", "/usr/bin/chromium"))
MEASURED_AS = "maria@"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Figure:
    """One line of the table: a figure of a page, and the limit it is held to, if any."""

    name: str
    page: str
    measured: float
    unit: Unit
    budget: Budget | None = None

    @property
    def verdict(self) -> str:
        """``PASS``, ``over``, or nothing where there is no limit."""
        if self.budget is None:
            return ""
        return "PASS" if self.budget.holds(self.measured) else "over"

    def line(self) -> str:
        """Write it as one line of the table."""
        limit = "" if self.budget is None else self.budget.tell_limit()
        measured = self.unit.write(self.measured)
        return f"{self.name:<58}{self.page:<9}{limit:>20}{measured:>14}  {self.verdict}".rstrip()


def measure_web(
    *, base_url: str, gateway_url: str, state_dir: Path, root: Path, runs: int, say: Say
) -> list[Figure]:
    """Measure the demo's pages as Maria sees them, telling each figure as it is known.

    Args:
        base_url: where the demo answers; this process must use the same database.
        gateway_url: the one other host pay pages may ask.
        state_dir: the demo's, with its sample sign-ins.
        root: the clone, beside whose ``node_modules`` Lighthouse runs.
        runs: how often Lighthouse measures performance; the median counts.
        say: told each line of the table.
    """
    figures: list[Figure] = []

    def tell(found: Iterable[Figure]) -> None:
        for figure in found:
            figures.append(figure)
            say(figure.line())

    say(f"{'figure':<58}{'page':<9}{'limit':>20}{'measured':>14}")
    email, password = _sample_sign_in(state_dir)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(BROWSER_ARGUMENTS))
        visitor = sign_in(
            browser, base_url=base_url, gateway_url=gateway_url, email=email, password=password
        )
        views = {page: view(browser, visitor=visitor, page=page) for page in PAGES}
        tell(_of_views(views))
        tell(_of_shifts(browser, visitor))
        tell([_held(budgets.FIRST_CHART, "usage", first_chart_ms(browser, visitor=visitor))])
        browser.close()
    tell(_of_server(visitor, file=_a_file(views["home"])))
    tell(_of_explorer(visitor))
    try:
        tell(_of_lighthouse(visitor, root=root, runs=runs))
    except NoLighthouse as error:
        say(f"Left out, the scores of Lighthouse: {error}")
    return figures


def _sample_sign_in(state_dir: Path) -> tuple[str, str]:
    told = json.loads((state_dir / "demo.json").read_text())
    known = {one["email"]: one["password"] for one in told["sign_ins"]}
    return next(one for one in known.items() if one[0].startswith(MEASURED_AS))


def _of_views(views: dict[str, FirstView]) -> Iterator[Figure]:
    figures: list[tuple[Budget, Callable[[FirstView], float]]] = [
        (budgets.FIRST_VIEW, lambda seen: seen.kilobytes),
        (budgets.SCRIPT, lambda seen: seen.script_kilobytes),
        (budgets.STYLES, lambda seen: seen.style_kilobytes),
        (budgets.FONTS, lambda seen: seen.font_kilobytes),
        (budgets.NOT_KEPT, lambda seen: len(seen.not_kept)),
        (budgets.OUTSIDE, lambda seen: len(seen.outside)),
    ]
    for budget, measured in figures:
        for page, seen in views.items():
            yield _held(budget, page, measured(seen))


def _of_shifts(browser: Browser, visitor: Visitor) -> Iterator[Figure]:
    for page in PAGES:
        yield _held(budgets.SHIFT, page, layout_shift(browser, visitor=visitor, page=page))


def _of_server(visitor: Visitor, *, file: str) -> Iterator[Figure]:
    for page in PAGES:
        cost = measure_cost(visitor=visitor, page=page, file=file)
        home = page == "home"
        queries, cpu = (budgets.HOME_QUERIES, budgets.HOME_CPU) if home else (None, None)
        yield Figure(
            "queries, session and user among them", page, cost.queries, Unit.QUERIES, queries
        )
        yield Figure("CPU of the application", page, cost.cpu_ms, Unit.MILLISECONDS, cpu)
        yield Figure("time beside a static file's", page, cost.times_a_file, Unit.RATIO)


def _of_explorer(visitor: Visitor) -> Iterator[Figure]:
    kilobytes, cpu_ms, hours = measure_figures(visitor)
    yield Figure("hours in a year of hours", "usage", hours, Unit.COUNT)
    yield _held(budgets.HOURS_SIZE, "usage", kilobytes)
    yield _held(budgets.HOURS_CPU, "usage", cpu_ms)
    for name, queries in count_queries(visitor):
        budget = budgets.USAGE_QUERIES
        yield Figure(f"{budget.name}: {name}", "usage", queries, budget.unit, budget)


def _of_lighthouse(visitor: Visitor, *, root: Path, runs: int) -> Iterator[Figure]:
    limits = {ACCESSIBILITY: budgets.ACCESSIBILITY, BEST_PRACTICES: budgets.BEST_PRACTICES}
    for look in _look(visitor, root, categories=tuple(limits), runs=1):
        for category, budget in limits.items():
            yield _held(budget, look.page, look.scores[category])
    looks = _look(visitor, root, categories=(PERFORMANCE,), runs=runs)
    for page in PAGES:
        scores = [look.scores[PERFORMANCE] for look in looks if look.page == page]
        yield _held(budgets.PERFORMANCE, page, statistics.median(scores))


def _look(visitor: Visitor, root: Path, *, categories: tuple[str, ...], runs: int) -> list[Look]:
    return look_at_pages(
        visitor=visitor, root=root, chromium=CHROMIUM, categories=categories, runs=runs
    )


def _held(budget: Budget, page: str, measured: float) -> Figure:
    return Figure(budget.name, page, measured, budget.unit, budget)


def _a_file(seen: FirstView) -> str:
    """Return the address of a script the home page loads: a bare static file."""
    return next(one.url for one in seen.answers if one.kind == "Script")
