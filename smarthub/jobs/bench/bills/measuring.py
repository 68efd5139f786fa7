"""Measure a bill run: how it writes, how fast one worker is, and what two bring."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection, transaction

from smarthub.accounts.queries import list_accounts_in_cycle
from smarthub.billing.operations import get_terms, open_run
from smarthub.billing.operations.drafting import draft_accounts
from smarthub.billing.operations.writing import write_bills
from smarthub.billing.queries import get_run_report
from smarthub.jobs.bench.bills.operations import write_in_bulk
from smarthub.jobs.bench.bills.town import MONTH, NOW, found_town
from smarthub.jobs.bench.resources import cpu_seconds_of
from smarthub.ledger.operations import lock_accounts

LEAST_COPY_RATIO = 2.0
LEAST_BILLS_A_SECOND = 1_500
WRITTEN_AT_ONCE = 500
ROUNDS = 3
_COUNTS = """
SELECT (SELECT count(*) FROM billing_bill b JOIN billing_billrun r ON r.id = b.run_id
         WHERE r.id = %(run)s),
       (SELECT count(DISTINCT account_id) FROM billing_bill WHERE run_id = %(run)s),
       (SELECT count(*) FROM billing_billline l JOIN billing_billsegment s ON s.id = l.segment_id
          JOIN billing_bill b ON b.id = s.bill_id WHERE b.run_id = %(run)s),
       (SELECT coalesce(sum(amount_cents), 0) FROM ledger_postingrow),
       (SELECT count(*) FROM billing_billexception WHERE run_id = %(run)s)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was measured, its limit, and whether it was kept."""

    name: str
    measured: str
    limit: str = ""
    kept: bool | None = None

    def line(self) -> str:
        """Return it for a person."""
        verdict = {True: "kept", False: "MISSED", None: ""}[self.kept]
        return f"{self.name:<46} {self.measured:>22}  {self.limit:<22} {verdict}"


def make_set(*, members: int, workers: tuple[int, ...], say: Callable[[str], object]) -> None:
    """Make the bench set, and bill a first cycle, so that the tables are those of a living co-op.

    The planner's statistics must be taken after this, by the owner of the tables.
    """
    cycles = {f"W{count}": members for count in workers}
    begun = time.perf_counter()
    reads = found_town(cycles=cycles | {"WRITE": WRITTEN_AT_ONCE, "FIRST": WRITTEN_AT_ONCE})
    work_on(cycle="FIRST")
    seconds = time.perf_counter() - begun
    say(f"{len(workers)} x {members:,} accounts, {reads:,} reads each: {seconds:.0f} s to make")


def analyze() -> None:
    """Take the planner's statistics, as autovacuum would in the night."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure_bills(*, workers: tuple[int, ...], say: Callable[[str], object]) -> list[Figure]:
    """Measure on the set that was made, and say each figure as it is known."""
    figures = [_compare_writers()]
    say(figures[-1].line())
    speeds: dict[int, float] = {}
    for count in workers:
        run = _run(f"W{count}", count)
        speeds[count] = run.bills / run.seconds
        figures.append(
            Figure(
                f"whole run, {count} worker{'s' if count > 1 else ''}, bills a second",
                f"{speeds[count]:,.0f} ({run.seconds:.1f} s)",
                f"{LEAST_BILLS_A_SECOND:,} a worker, quiet",
                speeds[count] / count >= LEAST_BILLS_A_SECOND,
            )
        )
        say(figures[-1].line())
        say(f"  {run.facts}")
        say(f"  processor a bill: worker {run.cpu_ms:.2f} ms, server {run.server_ms:.2f} ms")
    if len(workers) > 1:
        one, more = workers[0], workers[-1]
        ratio = speeds[more] / speeds[one]
        figures.append(Figure(f"{more} workers beside {one}", f"{ratio:.2f} x"))
        say(figures[-1].line())
    return figures


def work_on(*, cycle: str) -> float:
    """Bill a cycle as one worker of several; return the seconds of processor the server took."""
    from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle  # noqa: PLC0415

    connection.ensure_connection()
    begun = cpu_seconds_of(connection.connection.info.backend_pid)
    close_billing_cycle(cycle_code=cycle, bill_date=MONTH.end, now=NOW)
    return cpu_seconds_of(connection.connection.info.backend_pid) - begun


def _compare_writers() -> Figure:
    """Write the same drafts by COPY and in bulk, in turn, and take all of it back."""
    run_id = open_run(cycle_code="WRITE", bill_date=MONTH.end, now=NOW)
    account_ids = list_accounts_in_cycle(cycle_code="WRITE", on=MONTH.end)
    drafts = draft_accounts(account_ids=account_ids, terms=get_terms(run_id=run_id)).bills

    def seconds(write: Callable[[], object]) -> float:
        with transaction.atomic():
            lock_accounts(account_ids=account_ids)
            begun = time.perf_counter()
            write()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            taken = time.perf_counter() - begun
            transaction.set_rollback(True)
        return taken

    copied, ratios = 0.0, []
    for _round in range(ROUNDS):
        bulk = seconds(lambda: write_in_bulk(run_id=run_id, drafts=drafts, now=NOW))
        copied = seconds(lambda: write_bills(run_id=run_id, drafts=drafts, now=NOW))
        ratios.append(bulk / copied)
    ratio = statistics.median(ratios)
    return Figure(
        "COPY beside bulk_create",
        f"{ratio:.2f} x ({len(drafts) / copied:,.0f} bills/s)",
        f"at least {LEAST_COPY_RATIO} x",
        ratio >= LEAST_COPY_RATIO,
    )


class _Run(NamedTuple):
    """How long a run took, what it took of the processors, and what came of it."""

    bills: int
    seconds: float
    cpu_seconds: float
    server_seconds: float
    facts: str

    @property
    def cpu_ms(self) -> float:
        """What a bill takes of a worker's processor; it says the same on a busy machine."""
        return 1_000 * self.cpu_seconds / self.bills

    @property
    def server_ms(self) -> float:
        """What a bill takes of the processor in the server's processes of these workers."""
        return 1_000 * self.server_seconds / self.bills


def _run(cycle: str, workers: int) -> _Run:
    """Bill a cycle with so many processes; starting them is part of it."""
    command = [sys.executable, "-m", "django", "bench_bills", "--work-on", cycle]
    begun = time.perf_counter()
    processes = [
        subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(workers)
    ]
    cpu_before = os.times()
    told = [process.communicate()[0] for process in processes]
    codes = [process.returncode for process in processes]
    seconds = time.perf_counter() - begun
    cpu_seconds = sum(os.times()[2:4]) - sum(cpu_before[2:4])
    run_id = open_run(cycle_code=cycle, bill_date=MONTH.end, now=NOW)
    report = get_run_report(run_id=run_id)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"run": run_id})
        bills, accounts, lines, balance, exceptions = cursor.fetchone()
    if any(codes) or not report.is_complete or bills != accounts:
        raise RuntimeError(f"the run of {cycle} is not whole: {codes}, {report.bills} bills")
    facts = (
        f"{bills:,} bills of {accounts:,} accounts, {lines:,} lines, "
        f"{exceptions:,} exceptions, ledger sum {balance}"
    )
    return _Run(bills, seconds, cpu_seconds, sum(map(float, told)), facts)
