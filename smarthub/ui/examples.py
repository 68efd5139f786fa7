"""Finished values for the examples on ``/_components/``, and the list of the examples."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.urls import reverse

from smarthub.kernel.charts import Bar, BarKind, Guide, bar_chart
from smarthub.ui.parts import Chart, Event, Key, Question, Step, Table
from smarthub.ui.templatetags.examples import either

EXAMPLES = Path(__file__).parent / "templates" / "ui" / "examples"
DAYS = (18, 21, 20, 24, 23, 36, 34, 22, 19, 21)
LAST_KNOWN = 7
HOURS = (
    *(0.6, 0.5, 0.5, 0.5, 0.6, 0.9, 1.6, 2.1, 1.4, 1.0, 0.9, None),
    *(1.1, 1.0, 0.9, 1.2, 2.2, 3.4, 3.1, 2.6, 2.0, 1.5, 1.0, 0.7),
)
GUESSED = (14, 15)
NOON = 12


class ExampleForm(forms.Form):
    """A field with a hint, shown without an error and with one."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["amount"] = forms.DecimalField(
            label=either("Amount", "Monto"),
            help_text=either("In dollars and cents.", "En dólares y centavos."),
        )


def list_examples() -> list[str]:
    """Return the templates of all examples, by name."""
    return [f"ui/examples/{file.name}" for file in sorted(EXAMPLES.glob("*.html"))]


def example_values() -> dict[str, Any]:
    """Return what the examples show, in the reader's language."""
    form = ExampleForm({"amount": ""})
    return {
        "form": form,
        "field": form["amount"],
        "plain_field": ExampleForm(auto_id="plain_%s")["amount"],
        "chart": _example_chart(),
        "hours": _example_hours(),
        "hour_values": {
            "start": 1_795_327_200,
            "step": 3600,
            "v": HOURS,
            "estimated": list(GUESSED),
            "ticks": [[n, _clock(n)] for n in range(0, 24, 6)],
        },
        "flows": _example_flows(),
        "events": _example_events(),
        "readings": _example_readings(),
        "question": example_question(),
    }


def example_question() -> Question:
    """Return the question of the example's dialog and of its page."""
    return Question(
        title=either("Remove this card?", "¿Quitar esta tarjeta?"),
        sentence=either(
            "Visa ending in 4242 pays nothing more after this. You can add it again.",
            "La Visa que termina en 4242 ya no pagará nada. Usted puede agregarla otra vez.",
        ),
        action=either("Remove the card", "Quitar la tarjeta"),
        address=reverse("components"),
        keep=either("Keep the card", "Conservar la tarjeta"),
        keep_address=reverse("components"),
        method="get",
    )


def _example_flows() -> list[list[Step]]:
    names = [
        either("Choose", "Elegir"),
        either("Look it over", "Revisar"),
        either("Paid", "Pagado"),
    ]
    return [
        [Step(name, is_done=n < here, is_here=n == here) for n, name in enumerate(names)]
        for here in range(len(names))
    ]


def _example_events() -> list[Event]:
    return [
        Event(either("Reported", "Reportado"), either("Today, 2:10 p.m.", "Hoy, 2:10 p. m.")),
        Event(
            either("A crew is on its way", "Una cuadrilla va en camino"),
            either("Since 2:40 p.m.", "Desde las 2:40 p. m."),
            "now",
        ),
        Event(
            either("Power is back", "Vuelve la luz"),
            either("Expected at 4:30 p.m.", "Se espera a las 4:30 p. m."),
            "later",
        ),
    ]


def _example_readings() -> Table:
    return Table(
        either("Readings", "Lecturas"),
        (
            either("Meter", "Medidor"),
            either("Before", "Anterior"),
            either("Now", "Actual"),
            either("Difference", "Diferencia"),
            either("How it was read", "Cómo se leyó"),
        ),
        (
            (
                "PR00000001",
                "40,120",
                "41,166",
                "1,046 kWh",
                either("by the meter", "por el medidor"),
            ),
            ("GR00000001", "812", "930", "118 ccf", either("estimated", "estimada")),
        ),
    )


def _example_hours() -> Chart:
    sentence = either(
        "The most was from 5 to 6 p.m.: 3.4 kWh. One hour has no reading, two are an estimate.",
        "El máximo fue de 5 a 6 p. m.: 3.4 kWh. Una hora no tiene lectura y dos son estimadas.",
    )
    kinds = dict.fromkeys(GUESSED, BarKind.DIM)
    bars = [
        Bar(
            None if used is None else Decimal(str(used)),
            f"{_clock(n)}: {used} kWh",
            _clock(n) if n % 6 == 0 else "",
            kinds.get(n, BarKind.PLAIN),
        )
        for n, used in enumerate(HOURS)
    ]
    title = either("kWh an hour", "kWh por hora")
    svg = bar_chart(name="example-hours", title=title, sentence=sentence, bars=bars)
    rows = tuple(
        (_clock(n), either("no reading", "sin lectura") if used is None else f"{used} kWh")
        for n, used in enumerate(HOURS)
    )
    keys = (Key("plain", "kWh"), Key("dim", either("estimated", "estimado")))
    head = (either("Hour", "Hora"), "kWh")
    return Chart(sentence, svg, keys, Table(either("Use by hour", "Consumo por hora"), head, rows))


def _clock(hour: int) -> str:
    return (
        f"{hour % 12 or 12} {either('a.m.', 'a. m.') if hour < NOON else either('p.m.', 'p. m.')}"
    )


def _example_chart() -> Chart:
    day = either("Day", "Día")
    bars = [
        Bar(
            Decimal(used), f"{day} {n}: {used} kWh", str(n) if n in (1, len(DAYS)) else "", _kind(n)
        )
        for n, used in enumerate(DAYS, start=1)
    ]
    sentence = either(
        "Day 6 used most: 36 kWh. The last days are an estimate.",
        "El día 6 fue el de mayor consumo: 36 kWh. Los últimos días son una estimación.",
    )
    svg = bar_chart(
        name="example",
        title=either("kWh a day", "kWh por día"),
        sentence=sentence,
        bars=bars,
        guides=[Guide(Decimal(15), "15"), Guide(Decimal(30), "30")],
    )
    rows = tuple((str(n), str(used)) for n, used in enumerate(DAYS, start=1))
    keys = (
        Key("plain", "kWh"),
        Key("high", either("much more than usual", "mucho más de lo usual")),
    )
    table = Table(either("Use by day", "Consumo por día"), (day, "kWh"), rows)
    return Chart(sentence, svg, keys, table)


def _kind(number: int) -> BarKind:
    if number > LAST_KNOWN:
        return BarKind.PROJECTED
    return BarKind.HIGH if DAYS[number - 1] > max(DAYS) * 0.9 else BarKind.PLAIN
