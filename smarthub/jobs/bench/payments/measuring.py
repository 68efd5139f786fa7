"""Measure draft runs: with the gateway answering at once and late, one by one and together."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from smarthub.cooperative.queries import get_zone
from smarthub.jobs.bench.bills.town import MONTH, NOW, found_town
from smarthub.jobs.bench.payments.operations import enrol_everybody, give_cards, sum_charges
from smarthub.jobs.bench.payments.progress import Progress
from smarthub.jobs.bench.resources import cpu_seconds_of, forget_peak, peak_memory
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.auto_pay.run_auto_pay import CHARGES_AT_ONCE, run_auto_pay
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle

WARM_UP = 200
ONE_BY_ONE = 300
"""So many accounts are enough to know what one by one comes to."""
LATE_SECONDS = 0.2
_BOOKS = """
SELECT (SELECT count(*) FROM auto_pay_autopaydraft d JOIN accounts_account a ON a.id = d.account_id
         WHERE a.number LIKE %(cycle)s),
       (SELECT count(*) FROM payments_attempt t JOIN payments_paymentpart p USING (payment_id)
          JOIN payments_attemptevent e ON e.attempt_id = t.id AND e.state = 'success'
          JOIN accounts_account a ON a.id = p.account_id WHERE a.number LIKE %(cycle)s),
       (SELECT coalesce(sum(amount_cents), 0) FROM ledger_postingrow),
       (SELECT count(*) FROM payments_attempt t JOIN payments_payment p ON p.id = t.payment_id
         WHERE p.channel = 'auto_pay'),
       (SELECT coalesce(sum(amount_cents), 0) FROM payments_payment WHERE channel = 'auto_pay')
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One run to be measured: its cycle, how the gateway answers, and how many wait together."""

    cycle: str
    accounts: int
    think_seconds: float
    at_once: int

    @property
    def name(self) -> str:
        """What it is, for a person."""
        answers = f"after {self.think_seconds * 1000:.0f} ms" if self.think_seconds else "at once"
        together = "one by one" if self.at_once == 1 else f"{self.at_once} at once"
        return f"answers {answers}, asked {together}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run took: seconds, processor of the worker and of the server, memory at the most."""

    round: Round
    seconds: float
    cpu_ms: float
    server_ms: float
    peak_mb: float
    facts: str

    @property
    def a_second(self) -> float:
        """Drafts a second."""
        return self.round.accounts / self.seconds

    def line(self) -> str:
        """Return it for a person, below the heading."""
        return (
            f"{self.round.name:<42} {self.a_second:>15,.1f} {self.seconds:>9,.1f}"
            f" {self.cpu_ms:>10.2f} {self.server_ms:>10.2f} {self.peak_mb:>10,.0f}"
        )


HEADING = (
    f"{'':<42} {'drafts a second':>15} {'seconds':>9} {'worker, ms':>10} {'server, ms':>10}"
    f" {'memory, MB':>10}"
)


def rounds(accounts: int) -> tuple[Round, ...]:
    """Return the runs, in the order they are measured."""
    few = min(ONE_BY_ONE, accounts)
    return (
        Round("ONE", few, 0.0, 1),
        Round("NOW", accounts, 0.0, CHARGES_AT_ONCE),
        Round("LATEONE", few, LATE_SECONDS, 1),
        Round("LATE", accounts, LATE_SECONDS, CHARGES_AT_ONCE),
    )


def make_set(*, accounts: int, say: Callable[[str], object]) -> None:
    """Make accounts on Auto Pay, and draft a first cycle, so that the tables are a living co-op's.

    The planner's statistics must be taken after this, by the owner of the tables.
    """
    begun = time.perf_counter()
    cycles = {each.cycle: each.accounts for each in rounds(accounts)}
    say(f"Making {sum(cycles.values()) + WARM_UP:,} accounts")
    found_town(cycles=cycles | {"FIRST": WARM_UP}, by_quarter_hours=False)
    enrol_everybody(now=NOW - dt.timedelta(days=2))
    with _simulator(0.0):
        pass
    cards = give_cards(state=_books())
    _measure(Round("FIRST", WARM_UP, 0.0, 1), say)
    say(f"{cards:,} accounts on Auto Pay: {time.perf_counter() - begun:.0f} s to make")


def measure_payments(*, accounts: int, say: Callable[[str], object]) -> list[Measured]:
    """Measure on the set that was made, and say each figure as it is known.

    Raises:
        RuntimeError: a bill was not drafted exactly once, or the books differ.
    """
    found: list[Measured] = []
    for each in rounds(accounts):
        found.append(_measure(each, say))
        for line in (HEADING, found[-1].line(), f"  {found[-1].facts}"):
            say(line)
    say("All runs")
    for line in (HEADING, *(one.line() for one in found)):
        say(line)
    speed = {one.round.cycle: one.a_second for one in found}
    for name, over, under in (
        ("at once: together beside one by one", "NOW", "ONE"),
        ("after 200 ms: together beside one by one", "LATE", "LATEONE"),
        ("together: after 200 ms beside at once", "LATE", "NOW"),
    ):
        say(f"{name:<42} {speed[over] / speed[under]:>13.2f} x")
    return found


def _measure(each: Round, say: Callable[[str], object]) -> Measured:
    """Bill a cycle, which plans its drafts, and measure the run that takes them."""
    told = Progress(f"{each.cycle}: billed", say)
    close_billing_cycle(cycle_code=each.cycle, bill_date=MONTH.end, now=NOW, progress=told)
    connection.ensure_connection()
    behind = connection.connection.info.backend_pid
    with _simulator(each.think_seconds):
        forget_peak()
        begun, cpu, server = time.perf_counter(), time.process_time(), cpu_seconds_of(behind)
        done = run_auto_pay(
            now=NOW + dt.timedelta(days=40),
            zone=get_zone(),
            gateway=payment_gateway(),
            at_once=each.at_once,
            progress=Progress(f"{each.cycle}: begun", say),
        )
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        server, peak = cpu_seconds_of(behind) - server, peak_memory()
    return Measured(
        round=each,
        seconds=seconds,
        cpu_ms=1000 * cpu / each.accounts,
        server_ms=1000 * server / each.accounts,
        peak_mb=peak / 1_000_000,
        facts=_compare(each, done.sent),
    )


def _compare(each: Round, sent: int) -> str:
    """Return what both books say, once they say the same.

    Raises:
        RuntimeError: they do not.
    """
    charges, charged = sum_charges(state=_books())
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, {"cycle": f"{each.cycle}-%"})
        drafts, paid, balance, attempts, cents = cursor.fetchone()
    same = (charges, charged) == (attempts, cents)
    if not (drafts == paid == sent == each.accounts) or balance or not same:
        raise RuntimeError(
            f"{each.name}: {drafts} drafts, {sent} sent, {paid} paid, ledger sum {balance}, "
            f"{attempts} attempts of {cents} cents, {charges} charges of {charged}"
        )
    return f"{drafts:,} bills drafted once each, {charges:,} charges in both books, sum 0"


@contextmanager
def _simulator(think_seconds: float) -> Iterator[None]:
    """Run the sandbox's gateway where the settings say it is, with what it knew before."""
    command = [sys.executable, "-m", "smarthub.integrations.sandbox.gateway_process"]
    command += [f"--port={urlsplit(settings.GATEWAY_URL).port}", f"--state={_books()}"]
    process = subprocess.Popen(  # noqa: S603 (our own command)
        [*command, f"--think-seconds={think_seconds}"],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("the simulator did not start")
        yield
    finally:
        process.terminate()
        process.wait()


def _books() -> Path:
    return Path(settings.STATE_DIR) / "bench-gateway.sqlite"


def _environment() -> Mapping[str, str]:
    return {**os.environ, "SMARTHUB_GATEWAY_SECRET": settings.GATEWAY_SECRET}
