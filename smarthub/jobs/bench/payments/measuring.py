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

import httpx
from django.conf import settings
from django.db import connection

from smarthub.cooperative.queries import get_zone
from smarthub.jobs.bench.bills.measuring import work_on
from smarthub.jobs.bench.bills.town import NOW, found_town
from smarthub.jobs.bench.payments.operations import enrol_everybody, give_cards
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.run_auto_pay import CHARGES_AT_ONCE, run_auto_pay

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
    """What a run took."""

    round: Round
    seconds: float
    cpu_ms: float
    facts: str

    @property
    def a_second(self) -> float:
        """Drafts a second."""
        return self.round.accounts / self.seconds


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
    found_town(cycles=cycles | {"FIRST": WARM_UP})
    enrol_everybody(now=NOW - dt.timedelta(days=2))
    with _simulator(0.0):
        pass
    cards = give_cards(state=_books())
    _measure(Round("FIRST", WARM_UP, 0.0, 1))
    say(f"{cards:,} accounts on Auto Pay: {time.perf_counter() - begun:.0f} s to make")


def measure_payments(*, accounts: int, say: Callable[[str], object]) -> list[Measured]:
    """Measure on the set that was made, and say each figure as it is known.

    Raises:
        RuntimeError: a bill was not drafted exactly once, or the books differ.
    """
    say(f"{'':<42} {'drafts a second':>18} {'seconds':>10} {'processor, ms each':>20}")
    found: list[Measured] = []
    for each in rounds(accounts):
        found.append(_measure(each))
        one = found[-1]
        say(f"{each.name:<42} {one.a_second:>18,.1f} {one.seconds:>10,.1f} {one.cpu_ms:>20.2f}")
        say(f"  {one.facts}")
    speed = {one.round.cycle: one.a_second for one in found}
    for name, over, under in (
        ("at once: together beside one by one", "NOW", "ONE"),
        ("after 200 ms: together beside one by one", "LATE", "LATEONE"),
        ("together: after 200 ms beside at once", "LATE", "NOW"),
    ):
        say(f"{name:<42} {speed[over] / speed[under]:>16.2f} x")
    return found


def _measure(each: Round) -> Measured:
    """Bill a cycle, which plans its drafts, and measure the run that takes them."""
    work_on(cycle=each.cycle)
    with _simulator(each.think_seconds) as address:
        begun, cpu = time.perf_counter(), time.process_time()
        done = run_auto_pay(
            now=NOW + dt.timedelta(days=40),
            zone=get_zone(),
            gateway=payment_gateway(),
            at_once=each.at_once,
        )
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        charged = _charges(address)
    facts = _compare(each, done.sent, charged)
    return Measured(each, seconds, 1000 * cpu / each.accounts, facts)


def _compare(each: Round, sent: int, charged: list[int]) -> str:
    """Return what both books say, once they say the same.

    Raises:
        RuntimeError: they do not.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, {"cycle": f"{each.cycle}-%"})
        drafts, paid, balance, attempts, cents = cursor.fetchone()
    same = (len(charged), sum(charged)) == (attempts, cents)
    if not (drafts == paid == sent == each.accounts) or balance or not same:
        raise RuntimeError(
            f"{each.name}: {drafts} drafts, {sent} sent, {paid} paid, ledger sum {balance}, "
            f"{attempts} attempts, {len(charged)} charges"
        )
    return f"{drafts:,} bills drafted once each, {len(charged):,} charges in both books, sum 0"


@contextmanager
def _simulator(think_seconds: float) -> Iterator[str]:
    """Run the sandbox's gateway where the settings say it is, with what it knew before."""
    address = settings.GATEWAY_URL
    command = [sys.executable, "-m", "smarthub.integrations.sandbox.gateway_process"]
    command += [f"--port={urlsplit(address).port}", f"--state={_books()}"]
    process = subprocess.Popen(  # noqa: S603 (our own command)
        [*command, f"--think-seconds={think_seconds}"],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("the simulator did not start")
        yield address
    finally:
        process.terminate()
        process.wait()


def _charges(address: str) -> list[int]:
    """Return the cents of every charge the gateway made."""
    headers = {"Authorization": f"Bearer {settings.GATEWAY_SECRET}"}
    answer = httpx.get(f"{address}/v1/charges", headers=headers, timeout=120, trust_env=False)
    charges = answer.raise_for_status().json()["charges"]
    return [each["amount_cents"] for each in charges if each["state"] == "success"]


def _books() -> Path:
    return Path(settings.STATE_DIR) / "bench-gateway.sqlite"


def _environment() -> Mapping[str, str]:
    return {**os.environ, "SMARTHUB_GATEWAY_SECRET": settings.GATEWAY_SECRET}
