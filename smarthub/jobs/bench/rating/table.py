"""``smarthub bench rating``: what is measured of rating, as lines of a table."""

from __future__ import annotations

from collections.abc import Callable

from smarthub.jobs.bench.budgets import BATCH_RATING, DIFFERENCES, SHAPES, Budget
from smarthub.jobs.bench.rating.agreement import compare
from smarthub.jobs.bench.rating.drawing import EVERY_SHAPE
from smarthub.jobs.bench.rating.speed import measure_speed

Say = Callable[[str], None]
SHOWN_FAULTS = 5


def tell_speed(*, services: int, rounds: int, say: Say) -> bool:
    """Print both speeds for each tariff; return whether the batch keeps its limit."""
    say(f"{services} services, a month of quarter-hours each; services a second, {rounds} rounds")
    say(f"{'':<24}{'from reads to cents':^30}{'told, not held':^24}")
    say(f"{'tariff':<24}{'singly':>9}{'batch':>10}{'ratio':>9}{'pricing alone':>16}{'lines':>10}")
    keeps = True
    for speed in measure_speed(services=services, rounds=rounds):
        held = f"{speed.singly:>9.0f}{speed.batch:>10.0f}{speed.ratio:>8.0f}x"
        told = f"{speed.sums_ratio:>15.0f}x{speed.lines:>10.0f}"
        say(f"{speed.name:<24}{held}{told}  {_verdict(BATCH_RATING, speed.ratio)}")
        keeps &= BATCH_RATING.holds(speed.ratio)
    say(f"limit: {BATCH_RATING.name} {BATCH_RATING.tell_limit()}")
    return keeps


def tell_agreement(*, cases: int, seed: int, say: Say) -> bool:
    """Print how often each shape was compared and what differed; return whether all agree."""
    agreement = compare(cases=cases, seed=seed)
    say(f"{cases} drawn tariffs (from seed {seed}): {agreement.billed} services billed with")
    say(f"{agreement.lines} lines, {agreement.refused} refused by both with the same reason")
    counts = {shape: agreement.shapes[shape] for shape in {*EVERY_SHAPE, *agreement.shapes}}
    for shape, count in sorted(counts.items(), key=lambda each: (each[1], each[0])):
        say(f"{count:>7}  {shape:<44}{_verdict(SHAPES, count)}")
    for fault in agreement.faults[:SHOWN_FAULTS]:
        say(fault)
    differing = len(agreement.faults)
    say(f"{differing:>7}  {DIFFERENCES.name:<44}{_verdict(DIFFERENCES, differing)}")
    fewest = min(counts.values())
    say(f"limit: {SHAPES.name} {SHAPES.tell_limit()}; the fewest is {fewest}")
    return SHAPES.holds(fewest) and not differing


def _verdict(budget: Budget, measured: float) -> str:
    return "PASS" if budget.holds(measured) else "over"
