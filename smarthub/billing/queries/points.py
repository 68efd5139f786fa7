"""What service points were billed, period by period: for whoever prices their days and hours."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import connection

from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.billing.engine.inputs import history_from_json
from smarthub.billing.types import MeterRead, PointBilling, PricedPeriod
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text
from smarthub.rating.types import PricedLine

_PRICED_PERIODS = """
    SELECT c.bill_day, s.service_point_id, s.number, s.bill_date, s.period_start, s.period_end,
           s.tariff_version_id, s.quantity, s.unit, s.reads::text, s.estimated, s.total_cents,
           (SELECT json_agg(json_build_array(l.code, l.quantity::text, l.unit, l.rate::text,
                                             l.amount_cents) ORDER BY l.position)::text
              FROM billing_billline l WHERE l.segment_id = s.id), s.after::text
      FROM accounts_account a
      LEFT JOIN billing_billingcycle c ON c.code = a.cycle_code
      LEFT JOIN (SELECT p.*, b.account_id, b.number, b.bill_date
                   FROM billing_billsegment p JOIN billing_bill b ON b.id = p.bill_id
                  WHERE p.service_point_id = ANY(%(points)s) AND p.period_end > %(since)s
                    AND NOT EXISTS (SELECT 1 FROM billing_billcancellation taken_back
                                     WHERE taken_back.bill_id = b.id)
                ) s ON s.account_id = a.id
     WHERE a.id = %(account)s
     ORDER BY s.period_start, s.bill_date
"""


def list_point_billing(
    *, account_id: AccountId, service_point_ids: Collection[ServicePointId], since: dt.date
) -> dict[ServicePointId, PointBilling]:
    """Return the periods of each point that valid bills charged after ``since``: ONE query.

    Source: domain rule 23.
    """
    values: dict[str, Any] = {
        "account": account_id,
        "points": list(service_point_ids),
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PRICED_PERIODS, values)
        rows = cursor.fetchall()
    bill_day = rows[0][0] if rows else None
    return {
        point: PointBilling(
            bill_day=bill_day,
            periods=tuple(_priced_period(*row[2:]) for row in rows if row[1] == point),
        )
        for point in service_point_ids
    }


def _priced_period(
    number: str,
    bill_date: dt.date,
    start: dt.date,
    end: dt.date,
    version_id: int,
    *rest: Any,
) -> PricedPeriod:
    quantity, unit, reads, estimated, cents, lines, after = rest
    return PricedPeriod(
        bill_number=number,
        bill_date=bill_date,
        period=Period(start, end),
        tariff_version_id=version_id,
        use=None if quantity is None else Quantity(quantity, Unit(unit)),
        reads=tuple(MeterRead.from_json(each) for each in json.loads(reads)),
        lines=tuple(
            PricedLine(
                code, Text(code, code), Decimal(many), Unit(each), Decimal(rate), Money(amount)
            )
            for code, many, each, rate, amount in json.loads(lines or "[]")
        ),
        total=Money(cents),
        estimated=estimated,
        leaves=history_from_json(value=json.loads(after)),
    )
