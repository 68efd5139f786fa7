"""Try the projection of use on every home's own past, beside the run-rate."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand

from smarthub.accounts.queries import list_accounts_in_cycle, list_agreements
from smarthub.billing.queries import list_cycles
from smarthub.cooperative.queries import get_zone
from smarthub.jobs.bench.projection import measure_projection
from smarthub.kernel.period import Period
from smarthub.wiring.clock import today


class Command(BaseCommand):
    """``bench_projection``: a line a home, a line a day of the month, and one for all."""

    help = "Back-test the projection of use, beside the run-rate."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Measure every metered service that has a year behind it."""
        on = today(get_zone())
        accounts = [
            account
            for cycle in list_cycles()
            for account in list_accounts_in_cycle(cycle_code=cycle.code, on=on)
        ]
        agreements = list_agreements(
            account_ids=accounts, period=Period(on, on + dt.timedelta(days=1))
        )
        measure_projection(
            agreements=[each for each in agreements if each.metered],
            today=on,
            say=self.stdout.write,
        )
