"""What registers counted between the reads that begin and end a period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.array_text import array_text
from smarthub.kernel.period import Period
from smarthub.metering.engine import NegativeUse, register_use
from smarthub.metering.models import RegisterRead
from smarthub.usage.queries.rows import fetch, span
from smarthub.usage.types import RegisterUse

_READS_AT_ENDS = """
    SELECT i.service_point_id, m.serial, g.unit, g.dials, g.multiplier,
           previous.read_on, previous.value, present.read_on, present.value, present.kind
      FROM metering_meterinstall i
      JOIN metering_meter m ON m.id = i.meter_id
      LEFT JOIN metering_register g ON g.meter_id = m.id AND g.flow = %(flow)s
      LEFT JOIN LATERAL (
        SELECT read_on, value FROM metering_registerread
         WHERE register_id = g.id AND read_on = greatest(i.installed_on, %(start)s::date)
         ORDER BY revision DESC LIMIT 1) previous ON true
      LEFT JOIN LATERAL (
        SELECT read_on, value, kind FROM metering_registerread
         WHERE register_id = g.id AND read_on = least(i.removed_on, %(end)s::date)
         ORDER BY revision DESC LIMIT 1) present ON true
     WHERE i.service_point_id = ANY(%(points)s)
       AND i.installed_on < %(end)s
       AND (i.removed_on IS NULL OR i.removed_on > %(start)s)
     ORDER BY i.service_point_id, i.installed_on, m.serial
"""


def get_register_use(
    *, service_point_ids: Collection[ServicePointId], period: Period
) -> dict[ServicePointId, list[RegisterUse]]:
    """Return what the delivered registers at each point counted in the period: one query.

    One entry for each meter that hung there, oldest first; an exchange in the period gives two,
    each with its own multiplier. An empty list means that it cannot be told: no meter hung
    there, or one has no read on a day it needs one (the ends of the period, or its exchange).

    Raises:
        NegativeUse: a register went back; ``values`` name the meter and the service point.

    Source: domain rules 12 to 15 and 21.
    """
    uses: dict[ServicePointId, list[RegisterUse]] = {point: [] for point in service_point_ids}
    untold: set[int] = set()
    for point, *row in fetch(_READS_AT_ENDS, points=array_text(service_point_ids), **span(period)):
        if None in row:
            untold.add(point)
        else:
            uses[ServicePointId(point)].append(_register_part(_Ends(*row), service_point=point))
    return {point: [] if point in untold else parts for point, parts in uses.items()}


class _Ends(NamedTuple):
    """A row of ``_READS_AT_ENDS`` without its service point, when both reads are there."""

    serial: str
    unit: str
    dials: int
    multiplier: Decimal
    previous_on: dt.date
    previous: Decimal
    present_on: dt.date
    present: Decimal
    kind: str


def _register_part(ends: _Ends, *, service_point: int) -> RegisterUse:
    try:
        quantity = register_use(
            previous=ends.previous,
            present=ends.present,
            multiplier=ends.multiplier,
            dials=ends.dials,
        )
    except NegativeUse as error:
        raise NegativeUse(
            meter=ends.serial, service_point_id=service_point, **error.values
        ) from None
    return RegisterUse(
        meter_serial=ends.serial,
        previous_on=ends.previous_on,
        previous=ends.previous,
        present_on=ends.present_on,
        present=ends.present,
        present_kind=ends.kind,
        multiplier=ends.multiplier,
        quantity=quantity,
        unit=ends.unit,
        estimated=ends.kind == RegisterRead.Kind.ESTIMATED,
    )
