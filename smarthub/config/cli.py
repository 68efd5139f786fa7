"""The ``smarthub`` command: thin, for what it does is in the modules it calls by name."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import importlib.util
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click

from smarthub.config.demo import Demo, DemoFailed, need_free_port, only_demo, reset_demo
from smarthub.config.demo import serve_command as granian
from smarthub.config.demo_settings import (
    demo_environment,
    read_demo,
    remember_demo,
    shift_to,
    use_remembered_demo,
)
from smarthub.config.doctor.examination import examine
from smarthub.config.environment import Environment, read_environment
from smarthub.config.private_postgres.binaries import NoPostgres
from smarthub.config.private_postgres.server import PrivateServer, ServerFailed, private_server
from smarthub.config.private_postgres.service_user import NoServiceUser
from smarthub.jobs.bench.running import DoesNotAnswer, kept_running
from smarthub.jobs.rate_load import (
    NotRated,
    add_arguments,
    answer,
    as_urdb,
    tell_progress,
    zone_named,
)

Expected = (NotRated, DemoFailed, DoesNotAnswer, NoPostgres, NoServiceUser, ServerFailed)


@click.group()
def main() -> None:
    """Run a co-op's member portal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smarthub.config.settings")
    # Bills are drawn one at a time in each process; more threads would only take turns.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    # Arrays of a few years of days are small; threads would wait for each other on busy cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    state_dir = read_environment().state_dir
    settings: dict[str, str] = dict(os.environ)
    use_remembered_demo(settings, state_dir)
    os.environ.update(settings)


@main.command()
@click.option("--no-serve", is_flag=True, help="Make everything ready, then end.")
@click.option("--members", default=200, show_default=True, help="How large the co-op is.")
@click.option("--port", type=int, help="Where the portal answers; the gateway takes the next.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Move the clock to this day.")
def demo(*, no_serve: bool, members: int, port: int | None, today: dt.datetime | None) -> None:
    """Make the demo co-op ready and run it until Ctrl-C."""
    started = time.monotonic()
    # A polite kill before everything runs ends as Ctrl-C does: what was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    environment = read_environment()
    with _plainly_told(), only_demo(environment.state_dir):
        now = dt.datetime.fromtimestamp(time.time(), tz=dt.UTC)
        shift = None if today is None else shift_to(today.date(), now=now)
        settings = remember_demo(environment.state_dir, port=port, shift_seconds=shift)
        for needed in () if no_serve else (settings.port, settings.gateway_port):
            need_free_port(needed)
        given = {name: value for name, value in os.environ.items() if name != "SMARTHUB_TEST"}
        with _database(environment) as server:
            running = Demo(
                environment.state_dir,
                settings,
                demo_environment(settings, environment.state_dir, given=given),
                server,
                click.echo,
            )
            running.prepare(members=members, today=None if today is None else f"{today:%Y-%m-%d}")
            click.echo(f"Ready after {time.monotonic() - started:.0f} s")
            if not no_serve:
                running.serve()


@main.command("demo-reset")
def demo_reset() -> None:
    """Remove the demo's data, so that the next demo begins again."""
    environment = read_environment()
    with _plainly_told():
        reset_demo(
            environment.state_dir,
            named_binaries=environment.text("SMARTHUB_PG_BIN"),
            named_user=environment.text("SMARTHUB_PG_USER"),
        )
    click.echo(f"Removed the demo's data from {environment.state_dir}")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(*, host: str, port: int) -> None:
    """Answer members' browsers; put a proxy with HTTPS in front."""
    _need_database()
    os.environ["SMARTHUB_DATABASE_POOL"] = "1"
    os.execv(sys.executable, granian(host=host, port=port))  # noqa: S606


@main.command()
def worker() -> None:
    """Do queued and timed work; start as many as needed."""
    _need_database()
    _run_django(["procrastinate", "worker"])


@main.command()
def migrate() -> None:
    """Bring the database to this version, as its owner, and grant the application its rights."""
    _need_database()
    os.environ["SMARTHUB_AS_OWNER"] = "1"
    _run_django(["prepare_database"])


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run any other management command by its name."""
    _need_database()
    _run_django(list(arguments))


@main.group()
def bench() -> None:
    """Measure this installation against its budgets."""


@bench.command("projection")
def bench_projection() -> None:
    """Try the projection of use on every home's own past, beside the run-rate."""
    _need_database()
    _run_django(["bench_projection"])


@bench.command("pdf")
@click.option("--singles", default=150, show_default=True, help="Bills drawn one by one.")
@click.option("--batch", default=200, show_default=True, help="Bills drawn into one file.")
def bench_pdf(*, singles: int, batch: int) -> None:
    """Print how many bills a core draws in a second, singly and together, beside the limit."""
    from django.conf import settings  # noqa: PLC0415 (for this alone)

    from smarthub.jobs.bench.pdf import measure  # noqa: PLC0415 (typst, for this alone)

    settings.configure(FONTS_DIR=read_environment().build_dir / "fonts")  # no database is needed
    sys.exit(not measure(singles=singles, batch=batch, say=click.echo))


@bench.command("web")
@click.option("--base-url", help="A running demo; without it, the one of the state folder.")
@click.option("--runs", default=5, show_default=True, help="How often Lighthouse looks.")
def bench_web(*, base_url: str | None, runs: int) -> None:
    """Print what the members' pages cost, beside the limits."""
    if importlib.util.find_spec("playwright") is None:
        raise click.ClickException("The bench needs the tools of the tests: run make assets")
    environment = read_environment()
    demo = read_demo(environment.state_dir) or remember_demo(
        environment.state_dir, port=None, shift_seconds=None
    )
    address = base_url or demo.base_url
    command = [sys.executable, "-m", "smarthub.config.cli", "demo"]
    with _plainly_told(), kept_running(base_url=address, command=command):
        os.environ.update(demo.variables(environment.state_dir))
        _run_django(["bench_web", "--base-url", address, "--runs", str(runs)])


@bench.command("rating")
@click.option("--shapes", is_flag=True, help="Compare the batch with single pricing instead.")
@click.option("--cases", default=3200, show_default=True, help="How many tariffs to draw.")
@click.option("--seed", default=0, show_default=True, help="Where drawing begins.")
@click.option("--services", default=250, show_default=True, help="How many to price at once.")
@click.option("--rounds", default=5, show_default=True, help="How often; the median counts.")
def bench_rating(*, shapes: bool, cases: int, seed: int, services: int, rounds: int) -> None:
    """Print how fast the batch prices, or that it prices every shape as the engine does."""
    from smarthub.jobs.bench.rating.table import (  # noqa: PLC0415 (numpy, for this alone)
        tell_agreement,
        tell_speed,
    )

    if shapes:
        sys.exit(not tell_agreement(cases=cases, seed=seed, say=click.echo))
    sys.exit(not tell_speed(services=services, rounds=rounds, say=click.echo))


@bench.command("usage")
@click.option("--meters", default=300_000, show_default=True, help="How many the night has.")
@click.option(
    "--singles", default=10_000_000, show_default=True, help="Reads of a file with a row each."
)
@click.option(
    "--compared", default=10_000, show_default=True, help="How many are stored both ways."
)
def bench_usage(*, meters: int, singles: int, compared: int) -> None:
    """Print what reads cost, from the file to the array, in a server made for the while."""
    state_dir = read_environment().state_dir
    state_dir.mkdir(parents=True, exist_ok=True)
    with _plainly_told(), tempfile.TemporaryDirectory(dir=state_dir, prefix="bench-") as folder:
        settings = remember_demo(Path(folder), port=None, shift_seconds=None)
        os.environ.pop("DATABASE_URL", None)
        os.environ.update(settings.variables(Path(folder)), SMARTHUB_AS_OWNER="1")
        environment = read_environment()
        try:
            with _database(environment):
                counts = [f"--meters={meters}", f"--singles={singles}", f"--compared={compared}"]
                _run_django(["bench_usage", *counts])
        finally:
            reset_demo(
                Path(folder),
                named_binaries=environment.text("SMARTHUB_PG_BIN"),
                named_user=environment.text("SMARTHUB_PG_USER"),
            )


@bench.command("bills")
@click.option("--members", default=24_000, show_default=True, help="Accounts of each run.")
@click.option(
    "--workers", type=int, multiple=True, default=(1, 2), show_default=True, help="A run for each."
)
def bench_bills(*, members: int, workers: tuple[int, ...]) -> None:
    """Print what a bill run costs, in a database made for the while, beside the limits."""
    from smarthub.config.scratch import (  # noqa: PLC0415 (for this alone)
        run_in,
        scratch_installation,
    )

    environment = read_environment()
    counts = [f"--workers={count}" for count in workers]
    with (
        _plainly_told(),
        scratch_installation(
            binaries=environment.text("SMARTHUB_PG_BIN"), user=environment.text("SMARTHUB_PG_USER")
        ) as scratch,
    ):
        run_in(scratch, "bench_bills", "--make", f"--members={members}", *counts)
        run_in({**scratch, "SMARTHUB_AS_OWNER": "1"}, "bench_bills", "--analyze")
        run_in(scratch, "bench_bills", *counts)


@bench.command("payments")
@click.option("--accounts", default=30_000, show_default=True, help="Drafts of a whole run.")
def bench_payments(*, accounts: int) -> None:
    """Print how many drafts of Auto Pay a second, in a database made for the while."""
    from smarthub.config.scratch import (  # noqa: PLC0415 (for this alone)
        free_address,
        run_in,
        scratch_installation,
    )

    environment = read_environment()
    with (
        _plainly_told(),
        scratch_installation(
            binaries=environment.text("SMARTHUB_PG_BIN"), user=environment.text("SMARTHUB_PG_USER")
        ) as made,
    ):
        scratch = {**made, "SMARTHUB_GATEWAY_URL": free_address()}
        run_in(scratch, "bench_payments", "--make", f"--accounts={accounts}")
        run_in({**scratch, "SMARTHUB_AS_OWNER": "1"}, "bench_bills", "--analyze")
        run_in(scratch, "bench_payments", f"--accounts={accounts}")


@bench.command("reads-quality")
@click.option("--planted", default=300, show_default=True, help="Faults of a kind in each home.")
@click.option("--gaps", default=300, show_default=True, help="Gaps of a length in each home.")
def bench_reads_quality(*, planted: int, gaps: int) -> None:
    """Plant faults into measured homes; print what is found and what estimates are worth."""
    from smarthub.jobs.bench.reads_quality import print_report  # noqa: PLC0415 (numpy)

    if not print_report(say=click.echo, planted=planted, gaps=gaps):
        raise click.ClickException("Like days lose against a baseline on a measured home")


@main.command("import-reads")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--profile", required=True, help="wide, long, registers, ..., or a saved one.")
@click.option("--meter", default="", help="The meter a Green Button file is of.")
@click.option("--station", default="", help="The station temperatures are of.")
@click.option("--refuse-file", is_flag=True, help="Keep nothing of a file with bad rows.")
@click.option("--dry-run", is_flag=True, help="Show what would come of it, and keep nothing.")
def import_reads(**options: str | bool) -> None:
    """Take in a file of reads under a profile, or try it."""
    _need_database()
    named = [f"--{name}={options[name]}" for name in ("profile", "meter", "station")]
    flags = [f"--{name.replace('_', '-')}" for name in ("refuse_file", "dry_run") if options[name]]
    _run_django(["import_reads", str(options["file"]), *named, *flags])


@main.command("green-button")
@click.option("--account", required=True, help="The account's number.")
@click.option("--from", "start", required=True, help="The first day, such as 2026-10-01.")
@click.option("--to", "end", required=True, help="The first day after.")
@click.option("--out", required=True, help="The file for the use; it names nobody.")
@click.option("--customer-out", help="A file for name, account and places.")
def green_button(*, account: str, start: str, end: str, out: str, customer_out: str | None) -> None:
    """Write the use of an account as Green Button XML."""
    _need_database()
    customer = [f"--customer-out={customer_out}"] if customer_out else []
    days = [f"--from={start}", f"--to={end}"]
    _run_django(["green_button", f"--account={account}", *days, f"--out={out}", *customer])


@main.command("export-ledger")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["beancount", "hledger"]),
    default="beancount",
    show_default=True,
)
def export_ledger(*, layout: str) -> None:
    """Write the whole ledger in USD for bean-check or hledger check."""
    _need_database()
    _run_django(["export_ledger", f"--format={layout}"])


@main.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def rate(arguments: tuple[str, ...]) -> None:
    """Rate one load: TARIFF LOAD [--timezone ZONE] [--json]."""
    parser = argparse.ArgumentParser(prog="smarthub rate", description="Rate one load.")
    add_arguments(parser)
    options = vars(parser.parse_args(list(arguments)))
    if options["timezone"] is None:
        _need_database()  # for the co-op's own zone
        _run_django(["rate", *arguments])
        return
    with _plainly_told():
        zone = zone_named(name=options["timezone"])
        click.echo(answer(options=options, zone=zone, progress=tell_progress()))


@main.command()
@click.argument("tariff", type=click.Path(path_type=Path))
def urdb(*, tariff: Path) -> None:
    """Print a tariff as a rate of the Utility Rate Database, in JSON."""
    with _plainly_told():
        click.echo(as_urdb(tariff_path=tariff))


@main.command()
def doctor() -> None:
    """Say what is wrong with this installation and how to mend it; 1 if anything is."""
    findings = examine(read_environment())
    for finding in findings:
        click.echo(finding.line())
    sys.exit(any(finding.wrong for finding in findings))


def _run_django(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line  # noqa: PLC0415 (reads settings)

    execute_from_command_line(["smarthub", *arguments])


def _need_database() -> None:
    """Start the private server where no other is named; it is left running for what follows."""
    environment = read_environment()
    if environment.text("DATABASE_URL"):
        return
    if read_demo(environment.state_dir) is None:
        raise click.ClickException("DATABASE_URL is not set: see docs/operating/settings.md")
    with _plainly_told():
        if _private_server(environment).start():
            click.echo("Started the private PostgreSQL", err=True)


@contextlib.contextmanager
def _database(environment: Environment) -> Iterator[PrivateServer | None]:
    """Lend the private server, stopped afterwards if we started it; None for a real one."""
    if environment.text("DATABASE_URL"):
        yield None
        return
    server = _private_server(environment)
    if server.user.name is not None:
        click.echo(f"PostgreSQL will not run as root: it runs as the user {server.user.name}")
    if server.location.home.parent != environment.state_dir:
        click.echo(f"That user cannot enter this folder: its data are in {server.location.home}")
    started = server.start()
    try:
        yield server
    finally:
        if started:
            server.stop()


def _private_server(environment: Environment) -> PrivateServer:
    return private_server(
        Path(environment.state_dir).resolve(),
        named_binaries=environment.text("SMARTHUB_PG_BIN"),
        named_user=environment.text("SMARTHUB_PG_USER"),
    )


@contextlib.contextmanager
def _plainly_told() -> Iterator[None]:
    """Tell an expected failure in one line, not as a stack of calls."""
    try:
        yield
    except Expected as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
