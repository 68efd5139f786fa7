"""What can be examined once Django is set up: built files, mail, the database, the work."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError, connection

from smarthub.config.doctor.finding import Finding, Level
from smarthub.config.environment import Environment
from smarthub.jobs.assets import missing_assets
from smarthub.jobs.database import (
    count_waiting_migrations,
    get_current_role,
    list_unguarded_tables,
    list_wrong_rights,
)
from smarthub.jobs.watchdog import WORKER_SILENT_SECONDS, get_worker_silence, list_alarms
from smarthub.wiring.clock import now

CLOCK_SECONDS = 5.0


def examine_installation(environment: Environment) -> Iterator[Finding]:
    """Look at everything here in turn."""
    yield examine_assets()
    yield examine_mail(environment)
    yield from examine_database(environment)


def examine_assets() -> Finding:
    """Are the built files there?"""
    missing = missing_assets(build_dir=settings.BUILD_DIR)
    if not missing:
        return Finding(Level.GOOD, "Built files", "all there")
    return Finding(
        Level.WRONG,
        "Built files",
        f"{len(missing)} missing, {missing[0].name} first",
        "smarthub manage build_assets",
    )


def examine_mail(environment: Environment) -> Finding:
    """Does the mail server answer? A demo shows its messages instead."""
    if environment.demo:
        return Finding(Level.GOOD, "Mail", "kept on /_outbox/")
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=5) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        mend = "set SMARTHUB_SMTP_HOST and SMARTHUB_SMTP_PORT, or start the server"
        return Finding(Level.WRONG, "Mail", f"{place} does not answer ({error})", mend)
    return Finding(Level.GOOD, "Mail", f"{place} answers")


def examine_database(environment: Environment) -> Iterator[Finding]:
    """Does the database answer, is it ours and whole, and is the work being done?"""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        mend = "start it, or correct DATABASE_URL"
        if not environment.text("DATABASE_URL"):
            mend = "start the demo: make demo"
        yield Finding(Level.WRONG, "Database", str(error).strip().splitlines()[0], mend)
        return
    yield Finding(Level.GOOD, "Database", f"answers at {connection.settings_dict['HOST']}")
    waiting = count_waiting_migrations()
    if waiting:
        mend = "smarthub migrate"
        yield Finding(Level.WRONG, "Migrations", f"{waiting} not applied", mend)
        return
    yield Finding(Level.GOOD, "Migrations", "all applied")
    yield from (look() for look in DATABASE_EXAMINATIONS)
    yield from examine_work()


def examine_roles() -> Finding:
    """Is the application's role apart from the owner's, with exactly its rights?"""
    role = get_current_role()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'ledger_entry'")
        (owner,) = cursor.fetchone()
    if role == owner:
        mend = "make a second role; DATABASE_URL names it, DATABASE_OWNER_URL the owner"
        level = Level.NOTE if not settings.DEPLOYED else Level.WRONG
        return Finding(level, "Roles", f"{role} owns the tables and serves as well", mend)
    wrong = list_wrong_rights(role=role)
    if wrong:
        found = f"{role}: {len(wrong)} rights too many or too few, {wrong[0]} first"
        return Finding(Level.WRONG, "Roles", found, "smarthub migrate")
    return Finding(Level.GOOD, "Roles", f"{role} serves, {owner} owns")


def examine_guards() -> Finding:
    """Do the triggers of every append-only table refuse changes?"""
    unguarded = list_unguarded_tables()
    if not unguarded:
        return Finding(Level.GOOD, "Append-only tables", "all guarded")
    mend = "as the owner: SELECT make_append_only(table) for each, and find out who took it away"
    return Finding(Level.WRONG, "Append-only tables", "unguarded: " + ", ".join(unguarded), mend)


def examine_clock() -> Finding:
    """Do this machine and the database agree about the time?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        (theirs,) = cursor.fetchone()
    apart = abs(time.time() - float(theirs))
    if apart < CLOCK_SECONDS:
        return Finding(Level.GOOD, "Clock", "agrees with the database")
    mend = "set both machines' clocks by NTP"
    return Finding(Level.WRONG, "Clock", f"{apart:.0f} s from the database's", mend)


def examine_work() -> Iterator[Finding]:
    """Is a worker alive, and does nothing stand still?"""
    silence = get_worker_silence()
    if silence is None or silence > WORKER_SILENT_SECONDS:
        found = "none" if silence is None else f"silent for {silence:.0f} s"
        yield Finding(Level.WRONG, "Worker", found, "start one: smarthub worker")
    else:
        yield Finding(Level.GOOD, "Worker", "alive")
    alarms = list_alarms(now=now())
    for alarm in alarms:
        yield Finding(Level.WRONG, "Work", alarm.detail, "look at the worker's log")
    if not alarms:
        yield Finding(Level.GOOD, "Work", "nothing stands still")


DATABASE_EXAMINATIONS: tuple[Callable[[], Finding], ...] = (
    examine_roles,
    examine_guards,
    examine_clock,
)
