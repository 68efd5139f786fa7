"""Finished values for the examples on ``/_components/``, and the list of the examples."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms

from smarthub.kernel.charts import Bar, BarKind, Guide, bar_chart
from smarthub.ui.parts import Chart, Key, Table

EXAMPLES = Path(__file__).parent / "templates" / "ui" / "examples"
DAYS = (18, 21, 20, 24, 23, 36, 34, 22, 19, 21)
LAST_KNOWN = 7


class ExampleForm(forms.Form):
    """A field with a hint, shown with an error."""

    amount = forms.DecimalField(label="Amount", help_text="In dollars and cents.")


def list_examples() -> list[str]:
    """Return the templates of all examples, by name."""
    return [f"ui/examples/{file.name}" for file in sorted(EXAMPLES.glob("*.html"))]


def example_values() -> dict[str, Any]:
    """Return what the examples show."""
    form = ExampleForm({"amount": "ten"})
    return {"form": form, "field": form["amount"], "chart": _example_chart()}


def _example_chart() -> Chart:
    bars = [
        Bar(Decimal(used), f"Day {n}: {used} kWh", str(n) if n in (1, len(DAYS)) else "", _kind(n))
        for n, used in enumerate(DAYS, start=1)
    ]
    sentence = "Day 6 used most: 36 kWh. The last days are an estimate."
    svg = bar_chart(
        name="example",
        title="kWh a day",
        sentence=sentence,
        bars=bars,
        guides=[Guide(Decimal(15), "15"), Guide(Decimal(30), "30")],
    )
    rows = tuple((str(n), str(used)) for n, used in enumerate(DAYS, start=1))
    keys = (Key("plain", "kWh"), Key("high", "much more than usual"))
    return Chart(sentence, svg, keys, Table("Use by day", ("Day", "kWh"), rows))


def _kind(number: int) -> BarKind:
    if number > LAST_KNOWN:
        return BarKind.PROJECTED
    return BarKind.HIGH if DAYS[number - 1] > max(DAYS) * 0.9 else BarKind.PLAIN
