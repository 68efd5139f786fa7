"""What a tariff definition must be, before anybody is charged under it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from smarthub.kernel.errors import Refused
from smarthub.kernel.quantity import Unit
from smarthub.rating.types import (
    ChargeCodeRepeated,
    ChargeKindUnknown,
    SpanishMissing,
    Tariff,
    TariffHasGap,
    UnitsDiffer,
)
from tests.rating.rate_book import E_R1, F_250, G_R1


def changed(definition: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> Tariff:
    """Read a copy of ``definition`` after ``change``."""
    draft = copy.deepcopy(definition)
    change(draft)
    return Tariff.from_json(draft)


class TestATariffDefinition:
    def test_says_what_the_meter_counts_and_what_is_billed(self) -> None:
        electric, gas, fiber = (Tariff.from_json(each) for each in (E_R1, G_R1, F_250))

        assert (electric.metered_unit, electric.billed_unit) == (Unit.KWH, Unit.KWH)
        assert (gas.metered_unit, gas.billed_unit) == (Unit.CCF, Unit.THERM)
        assert fiber.metered_unit is None
        assert electric.rider_codes == ("WPCA",)

    def test_names_its_lines_in_both_languages(self) -> None:
        assert Tariff.from_json(E_R1).name_of("wpca").es == "Ajuste por costo de energía"

    @pytest.mark.parametrize(
        ("change", "error", "values"),
        [
            (lambda d: d["name"].pop("es"), SpanishMissing, {"where": "name"}),
            (
                lambda d: d["charges"][0]["name"].update(es=" "),
                SpanishMissing,
                {"where": "facility.name"},
            ),
            (lambda d: d.update(sentence="Only English"), SpanishMissing, {"where": "sentence"}),
            (
                lambda d: d["charges"][0].update(kind="magic"),
                ChargeKindUnknown,
                {"kind": "magic", "charge": "facility"},
            ),
            (
                lambda d: d["charges"][1].update(code="facility"),
                ChargeCodeRepeated,
                {"charge": "facility"},
            ),
            (lambda d: d.update(charges=[]), TariffHasGap, {"where": "charges"}),
            (lambda d: d.pop("code"), TariffHasGap, {"where": "code"}),
            (lambda d: d.update(effective_from="soon"), TariffHasGap, {"where": "effective_from"}),
            (lambda d: d["charges"][0].update(amount="a lot"), TariffHasGap, {"where": "amount"}),
            (lambda d: d["charges"][0].update(amount="NaN"), TariffHasGap, {"where": "amount"}),
            (lambda d: d["charges"][2].update(unit="mile"), TariffHasGap, {"where": "unit"}),
            (
                lambda d: d["charges"][2].update(unit="therm"),
                UnitsDiffer,
                {"units": [Unit.KWH, Unit.THERM]},
            ),
        ],
    )
    def test_that_is_unsound_is_refused_with_a_named_error(
        self,
        change: Callable[[dict[str, Any]], object],
        error: type[Refused],
        values: dict[str, object],
    ) -> None:
        with pytest.raises(error) as caught:
            changed(E_R1, change)

        assert caught.value.values == values

    def test_whose_conversion_ends_in_another_unit_is_refused(self) -> None:
        with pytest.raises(UnitsDiffer):
            changed(G_R1, lambda d: d["conversion"].update(to="gal"))
