"""Bar charts as SVG text, for pages and for the printed bill alike: up to about 40 bars.

Figures and finished labels go in; text comes out. The caller chooses the words and the language.
Colours are presentation attributes, fit for paper; a page's style sheet wins over them by class,
so no inline style is needed. A picture without its sentence and its table is not enough: the
caller shows both beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
WIDTH = 340
PLOT_TOP = 14
LABEL_ROOM = 24
LABEL_LETTER = 9.5
HALF_LETTER = 3.8
LABEL_SIZE = 14
WIDEST_BAR = 26
GAP_SHARE = 0.26
SHORTEST_BAR = 1.5
THINNEST_FLOAT = 1.0
GUIDE_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


class BarKind(StrEnum):
    """What a bar says by its look; the words say it too."""

    PLAIN = "plain"
    HIGH = "high"
    DIM = "dim"
    PROJECTED = "projected"


PAINT: dict[BarKind, str] = {
    BarKind.PLAIN: 'fill="#3f8f63"',
    BarKind.HIGH: 'fill="#b45309"',
    BarKind.DIM: 'fill="#c3dccb"',
    BarKind.PROJECTED: 'fill="#e4efe6" stroke="#3f8f63" stroke-dasharray="3 2"',
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``value`` is ``None`` where nothing is known, which leaves a gap, not a zero.

    Attributes:
        label: What this bar says in full, such as "Nov 13: 36 kWh"; shown on pointing at it.
        below: The short label under it, or nothing; give few.
    """

    value: Decimal | None
    label: str
    below: str = ""
    kind: BarKind = BarKind.PLAIN


@dataclass(frozen=True, slots=True)
class Guide:
    """A dotted line across the chart at ``value``, with its finished label."""

    value: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the bars stand: right of the guides' labels, above their own, up to ``top``.

    Bars that hang down from ``floor`` reach ``base`` at most.
    """

    left: float
    floor: float
    top: Decimal
    base: float = 0.0

    def height_of(self, value: Decimal) -> float:
        """Return how tall a value stands."""
        return float(value / self.top) * (self.floor - PLOT_TOP)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one bar stands: its left edge, its width, and the middle of its slot."""

    left: float
    width: float
    middle: float


def choose_guides(values: Sequence[Decimal | None]) -> tuple[Decimal, Decimal] | None:
    """Return two round values, the second twice the first, that divide the chart well.

    The higher is the greatest of 2, 4, 5, 10 times a power of ten that no more than reaches the
    highest bar. ``None`` when there is nothing above zero to measure.
    """
    highest = max((value for value in values if value is not None), default=Decimal(0))
    if highest <= 0:
        return None
    power = Decimal(10) ** ((highest / 2).adjusted())
    step = max(power * step for step in GUIDE_STEPS if power * step * 2 <= highest)
    return step, step * 2


def bar_chart(
    *,
    name: str,
    title: str,
    sentence: str,
    bars: Sequence[Bar],
    guides: Sequence[Guide] = (),
    line: Sequence[Decimal | None] = (),
    marks: Sequence[Decimal | None] = (),
    hanging: Sequence[Decimal | None] = (),
    flags: Sequence[str] = (),
    height: int = 150,
) -> str:
    """Draw one chart.

    Args:
        name: Unique on its page; the ids inside begin with it.
        title: What is measured, for those who hear it.
        sentence: What the picture shows, in words.
        bars: Left to right; a negative value is drawn as nothing.
        guides: Dotted lines, two at most.
        line: One value a bar, drawn as a line on its own scale (temperature).
        marks: One value a bar, drawn across it on the scale of the bars (a year before).
        hanging: One value a bar, hanging down on the same scale (energy given back).
        flags: A letter a bar, or nothing, above it (a note).
        height: In the units of a drawing 340 wide; labels included.

    Returns:
        An ``<svg>`` element; every text in it escaped.

    Raises:
        ValueError: ``line`` has not one value for each bar.
    """
    for each in (line, marks, hanging, flags):
        if each and len(each) != len(bars):
            raise ValueError("a line, marks and flags need one value for each bar")
    frame = _frame(bars, guides, marks, hanging, height)
    places = _places(len(bars), frame)
    spoken = f'aria-labelledby="{name}-title {name}-words" data-left="{frame.left:.1f}"'
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" {spoken} {NAMESPACE}>',
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-words">{escape(sentence)}</desc>',
        *(_guide(guide, frame) for guide in guides),
        *(_bar(bar, place, frame) for bar, place in zip(bars, places, strict=True)),
        *_hanging(hanging, places, frame),
        *_marks(marks, places, frame),
        *_labels(bars, places, height),
        *_line(line, places, frame.floor),
        *_flags(flags, places),
        "</svg>",
    ]
    return "".join(parts)


def _frame(
    bars: Sequence[Bar],
    guides: Sequence[Guide],
    marks: Sequence[Decimal | None],
    hanging: Sequence[Decimal | None],
    height: int,
) -> Frame:
    """Return where things stand: up to the highest drawn, never zero, and down to the lowest."""
    values = [bar.value for bar in bars if bar.value is not None]
    values += [mark for mark in marks if mark is not None]
    top = max([*values, *(guide.value for guide in guides), Decimal(0)]) or Decimal(1)
    lowest = max((value for value in hanging if value is not None), default=Decimal(0))
    base = height - LABEL_ROOM
    return Frame(
        left=max((len(guide.label) for guide in guides), default=0) * LABEL_LETTER,
        floor=PLOT_TOP + float(top / (top + lowest)) * (base - PLOT_TOP),
        top=top,
        base=base,
    )


def _places(count: int, frame: Frame) -> list[Place]:
    slot = (WIDTH - frame.left) / max(count, 1)
    width = min(slot * (1 - GAP_SHARE), WIDEST_BAR)
    middles = [frame.left + slot * (n + 0.5) for n in range(count)]
    return [Place(left=middle - width / 2, width=width, middle=middle) for middle in middles]


def _bar(bar: Bar, place: Place, frame: Frame) -> str:
    if bar.value is None or bar.value < 0:
        return ""
    tall = max(frame.height_of(bar.value), SHORTEST_BAR)
    return (
        f'<rect class="chart-bar chart-bar-{bar.kind}" {PAINT[bar.kind]} '
        f'x="{place.left:.1f}" y="{frame.floor - tall:.1f}" width="{place.width:.1f}" '
        f'height="{tall:.1f}" rx="{min(place.width / 3, 3, tall / 2):.1f}">'
        f"<title>{escape(bar.label)}</title></rect>"
    )


def _hanging(values: Sequence[Decimal | None], places: Sequence[Place], frame: Frame) -> list[str]:
    return [
        f'<rect class="chart-bar chart-bar-back" fill="#1f5f8b" x="{place.left:.1f}" '
        f'y="{frame.floor:.1f}" width="{place.width:.1f}" height="{frame.height_of(value):.1f}"/>'
        for value, place in zip(values, places, strict=False)
        if value
    ]


def _marks(values: Sequence[Decimal | None], places: Sequence[Place], frame: Frame) -> list[str]:
    """Draw a stroke across each bar, as wide as its slot, where the other value stands."""
    strokes = []
    for value, place in zip(values, places, strict=False):
        if value is not None and value >= 0:
            y = frame.floor - frame.height_of(value)
            left, right = place.left - 1, place.left + place.width + 1
            strokes.append(f"M{left:.1f} {y:.1f}H{right:.1f}")
    if not strokes:
        return []
    path = "".join(strokes)
    return [f'<path class="chart-mark" d="{path}" fill="none" stroke="#1b2a2c" stroke-width="2"/>']


def _flags(letters: Sequence[str], places: Sequence[Place]) -> list[str]:
    return [
        f'<text class="chart-flag" fill="#1b2a2c" font-size="{LABEL_SIZE - 2}" font-weight="700" '
        f'x="{place.middle:.1f}" y="{PLOT_TOP - 3}" text-anchor="middle">{escape(letter)}</text>'
        for letter, place in zip(letters, places, strict=False)
        if letter
    ]


def _guide(guide: Guide, frame: Frame) -> str:
    y = frame.floor - frame.height_of(guide.value)
    return (
        f'<line class="chart-guide" x1="{frame.left:.0f}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" '
        'stroke="#86857d" stroke-dasharray="2 4"/>'
        f'<text class="chart-label" fill="#55666a" font-size="{LABEL_SIZE}" x="0" '
        f'y="{y + 4.5:.1f}">'
        f"{escape(guide.label)}</text>"
    )


def _labels(bars: Sequence[Bar], places: Sequence[Place], height: int) -> list[str]:
    """Write the labels below, those at the edges drawn inwards so that none is cut off."""
    texts = []
    for bar, place in zip(bars, places, strict=True):
        if not bar.below:
            continue
        anchor, x = "middle", place.middle
        if len(bar.below) * HALF_LETTER > place.middle:
            anchor, x = "start", place.left
        elif len(bar.below) * HALF_LETTER > WIDTH - place.middle:
            anchor, x = "end", place.left + place.width
        texts.append(
            f'<text class="chart-label" fill="#55666a" font-size="{LABEL_SIZE}" x="{x:.1f}" '
            f"y={quoteattr(str(height - 5))} text-anchor={quoteattr(anchor)}>"
            f"{escape(bar.below)}</text>"
        )
    return texts


def _line(line: Sequence[Decimal | None], places: Sequence[Place], floor: float) -> list[str]:
    """Draw the line on its own scale, in the middle of the plot, broken where nothing is known."""
    known = [value for value in line if value is not None]
    if not known:
        return []
    low, high = float(min(known)), float(max(known))
    room, span = (floor - PLOT_TOP) * 0.55, (high - low) or 1.0
    base = floor - (floor - PLOT_TOP) * 0.25
    runs: list[list[str]] = [[]]
    for value, place in zip(line, places, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place.middle:.1f},{base - (float(value) - low) / span * room:.1f}")
    return [
        f'<polyline class="chart-line" points="{" ".join(run)}" fill="none" stroke="#1f5f8b" '
        'stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>'
        for run in runs
        if len(run) > 1
    ]


@dataclass(frozen=True, slots=True)
class Float:
    """Where one floating bar of a waterfall begins and how wide it is, in percent of its room."""

    left: float
    width: float


def float_steps(amounts: Sequence[Decimal]) -> list[Float]:
    """Return the bars of a waterfall: each begins where the one before it ended.

    +30, -10, +20 run from 0 to 30, back to 20 and on to 40: bars at 0, 50 and 50 percent, of
    75, 25 and 50. The room is from the lowest to the highest that is reached.
    """
    ends = [Decimal(0)]
    for amount in amounts:
        ends.append(ends[-1] + amount)
    low, room = min(ends), (max(ends) - min(ends)) or Decimal(1)
    return [
        Float(
            left=round(float((min(start, end) - low) / room * 100), 1),
            width=max(round(float(abs(end - start) / room * 100), 1), THINNEST_FLOAT),
        )
        for start, end in pairwise(ends)
    ]
