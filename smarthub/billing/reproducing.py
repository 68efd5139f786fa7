"""Price a stored bill again from what it kept: proof that it can be reproduced (rule 24)."""

from __future__ import annotations

from smarthub.billing.engine.inputs import use_from_json
from smarthub.billing.models import BillSegment
from smarthub.rating.engine import price
from smarthub.rating.types import PricedLine, Tariff


def reprice(*, segment: BillSegment) -> tuple[PricedLine, ...]:
    """Return the lines of a segment, computed anew from its inputs and its tariff version alone.

    Raises:
        KeyError: the segment was made before bills kept their inputs.
    """
    tariff = Tariff.from_json(segment.tariff_version.definition)
    use, riders = use_from_json(value=segment.inputs)
    return price(tariff=tariff, use=use, riders=riders)
