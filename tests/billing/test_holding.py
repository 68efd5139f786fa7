"""What keeps a draft until somebody has looked at it, apart from any run."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from smarthub.backoffice.words.bills import tell_hold
from smarthub.billing.engine.draft import DraftBill
from smarthub.billing.engine.facts import Limits
from smarthub.billing.engine.holding import why_held
from smarthub.billing.engine.unusual_use import UseLimits
from smarthub.kernel.quantity import Unit
from smarthub.rating.types import BilledUse, Bucket, Contract, Determinants


class TestUse:
    @pytest.mark.parametrize(
        ("used", "usual", "passed"),
        [
            (2400, 700, True),  # 3.4 times, 1,700 more
            (2100, 700, False),  # three times, not more
            (390, 100, True),
            (300, 90, True),  # 3.3 times, 210 more
            (250, 60, False),  # four times, and only 190 more
            (232, 700, True),  # below a third of it
            (234, 700, False),
            (0, 200, False),  # off by 200, not more
            (0, 201, True),
            (900, 0, False),  # nothing is usual where nothing was used
            (900, -40, False),  # more was given back than taken
        ],
    )
    def test_is_far_by_times_and_by_amount(self, *, used: int, usual: int, passed: bool) -> None:
        limits = UseLimits()

        answer = limits.are_passed(used=Decimal(used), usual=Decimal(usual), unit=Unit.KWH)

        assert answer is passed

    def test_the_policy_says_how_far(self) -> None:
        limits = UseLimits.from_policy({"times": 5, "ccf": 1})

        assert limits.are_passed(used=Decimal(51), usual=Decimal(10), unit=Unit.CCF)
        assert not limits.are_passed(used=Decimal(50), usual=Decimal(10), unit=Unit.CCF)


class TestDemand:
    @pytest.mark.parametrize(
        ("kva", "held"), [("75", True), ("75.1", False), (None, False)], ids=["over", "at", "none"]
    )
    def test_above_the_transformer_is_told(self, kva: str | None, *, held: bool) -> None:
        reason = why_held(draft=draft_with(peak="75.1", kva=kva))

        values = {"service_point": "E7", "demand": "75.1", "kva": "75"}
        assert reason == (("demand_above_transformer", values) if held else None)

    def test_has_words_on_the_desk(self) -> None:
        values = {"service_point": "E7", "demand": "75.1", "kva": "75"}

        said = tell_hold(code="demand_above_transformer", values=values, reason="")

        assert said == "E7 took 75.1 kW through a transformer of 75 kVA"


def draft_with(*, peak: str, kva: str | None) -> DraftBill:
    """Return as much of a draft as is looked at: one service of 30 days with a demand."""
    agreement = SimpleNamespace(id=1, service_point_number="E7")
    plan = SimpleNamespace(
        unbilled=SimpleNamespace(agreement=agreement),
        period=SimpleNamespace(days=30),
        tariff=SimpleNamespace(in_advance=False),
        is_first=False,
        is_final=False,
    )
    measured = Determinants(runs=(), days={}, peaks={Bucket("all", "all"): Decimal(peak)})
    contract = Contract(kva=None if kva is None else Decimal(kva))
    segment: Any = SimpleNamespace(
        plan=plan,
        use=None,
        history=(),
        billed=BilledUse(determinants=measured, contract=contract),
    )
    draft = SimpleNamespace(segments=[segment], terms=SimpleNamespace(limits=Limits()))
    return cast("DraftBill", draft)
