"""``hearth doctor``: examine the installation; every finding says what to do.

Exit code 0: all is well, or there are only cautions; 1: something must be mended.
"""

import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import typer
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from hearth.core import audit
from hearth.core.horizon import horizon
from hearth.core.models import Fact, HandlerCursor, Job, ParkedFact, WorkerBeat
from hearth.core.models.job import JobState
from hearth.core.reactions import handlers
from hearth.insight.rules.columnfile import Damaged, proven, published_in
from hearth.kit.clock import day_number, now

GOOD, CAUTION, WRONG = "good", "caution", "wrong"
LEAST_SPACE = 1 << 30  # bytes; below it a busy community fills the disk within days
SILENT = timedelta(seconds=30)  # a worker beats every three seconds
LATE = timedelta(minutes=15)
BEHIND = 10_000  # facts
STALE = 2  # days; readings are computed every night


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``advice`` is empty when all is well."""

    what: str
    state: str
    told: str
    advice: str = ""


def doctor(*, as_json: bool) -> int:
    """Print all findings. 1 when one is wrong."""
    findings = list(examine())
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            _print(finding)
    return 1 if any(finding.state == WRONG for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """Look at everything. What needs the database is left out when it cannot be reached."""
    for look in (_python, _home, _secrets, _space, _mail, _address):
        yield from look()
    reached = list(_database())
    yield from reached
    if any(finding.what == "database" and finding.state == WRONG for finding in reached):
        return
    for look in (_gateway, _worker, _facts, _jobs, _metrics, _chain, _checks):
        yield from _guarded(look)


def _guarded(look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except OperationalError as error:
        yield Finding(look.__name__.strip("_"), WRONG, f"could not be examined: {error}", "Run `hearth migrate`.")


def _python() -> Iterator[Finding]:
    told = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield Finding("python", GOOD if good else WRONG, told, "" if good else "Hearth needs Python 3.11 or newer.")


def _home() -> Iterator[Finding]:
    home = Path(settings.HEARTH_HOME)
    mode = home.stat().st_mode & 0o777
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding("home", WRONG, f"{home} cannot be written", f"Give it to this user: chown -R $USER {home}")
    elif mode & 0o007:
        yield Finding("home", CAUTION, f"{home} is open to everybody (mode {mode:o})", f"chmod o= {home}")
    else:
        yield Finding("home", GOOD, str(home))


def _secrets() -> Iterator[Finding]:
    folder = Path(settings.HEARTH_HOME) / "secrets"
    loose = [file.name for file in sorted(folder.glob("*")) if file.stat().st_mode & 0o077]
    if loose:
        yield Finding("secrets", WRONG, f"others can read {', '.join(loose)}", f"chmod 600 {folder}/*")
    elif len(settings.SECRET_KEY) < 32:
        yield Finding("secrets", WRONG, "HEARTH_SECRET_KEY is too short", "Use at least 32 random characters.")
    else:
        yield Finding("secrets", GOOD, "kept from others")


def _space() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.HEARTH_HOME).free
    told = f"{free / (1 << 30):.1f} GiB free"
    if free < LEAST_SPACE:
        yield Finding("disk", WRONG, told, "Free some space: when the disk is full, nobody can post.")
    else:
        yield Finding("disk", GOOD, told)


def _mail() -> Iterator[Finding]:
    if not settings.EMAIL_HOST:
        yield Finding(
            "mail",
            CAUTION,
            f"mails are written to {settings.EMAIL_FILE_PATH} and reach nobody",
            "Set EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD and EMAIL_FROM.",
        )
        return
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=5).close()
    except OSError as error:
        yield Finding("mail", WRONG, f"{place} does not answer ({error})", "Check EMAIL_HOST and EMAIL_PORT.")
    else:
        yield Finding("mail", GOOD, f"{place} answers")


def _address() -> Iterator[Finding]:
    if settings.HEARTH_PUBLIC_URL.startswith("http://") and not settings.HEARTH_DEMO:
        yield Finding("address", CAUTION, settings.HEARTH_PUBLIC_URL, "Put TLS before it (deploy/nginx.conf).")
    else:
        yield Finding("address", GOOD, settings.HEARTH_PUBLIC_URL or "this machine only")


def _database() -> Iterator[Finding]:
    advice = "Check DATABASE_URL, and that the server runs." if connection.vendor != "sqlite" else "Check HEARTH_HOME."
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError as error:
        yield Finding("database", WRONG, f"{connection.vendor} cannot be reached: {error}".strip(), advice)
        return
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield Finding("database", WRONG, f"{len(missing)} migrations are missing", "Run `hearth migrate`.")
    else:
        yield Finding("database", GOOD, f"{connection.vendor}, up to date")
    yield from _durability()
    yield from _clock()


def _durability() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            level = cursor.fetchone()[0]
            cursor.execute("PRAGMA journal_mode")
            good, told = level >= 2, f"synchronous {level}, journal {cursor.fetchone()[0]}"
            advice = "Leave DATABASE_URL's options alone: below FULL, messages are lost when the power fails."
        else:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            fsync, commit = cursor.fetchone()
            good, told = fsync == "on" and commit != "off", f"fsync {fsync}, synchronous_commit {commit}"
            advice = "Switch fsync and synchronous_commit on in postgresql.conf."
    yield Finding("durability", GOOD if good else WRONG, told, "" if good else advice)


def _clock() -> Iterator[Finding]:
    """A machine whose clock goes wrong issues tickets from tomorrow: compare with the database's, or with its past."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            apart = abs(cursor.fetchone()[0] - now())
    else:
        beats = WorkerBeat.objects.order_by("-at") if _has("core_workerbeat") else WorkerBeat.objects.none()
        newest = beats.values_list("at", flat=True).first()
        apart = max(newest - now(), timedelta()) if newest else timedelta()
    if apart > timedelta(seconds=5):
        yield Finding("clock", WRONG, f"{apart} away", "Set this machine's clock (timedatectl set-ntp true).")
    else:
        yield Finding("clock", GOOD, f"{now():%Y-%m-%d %H:%M:%S} UTC")


def _has(table: str) -> bool:
    return table in connection.introspection.table_names()


def _gateway() -> Iterator[Finding]:
    port = settings.HEARTH_GATEWAY_PORT
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        yield Finding("gateway", CAUTION, f"nothing answers on port {port}", "Start it: `hearth serve`.")
    else:
        yield Finding("gateway", GOOD, f"answers on port {port}")


def _worker() -> Iterator[Finding]:
    beat = WorkerBeat.objects.order_by("-at").first()
    if beat is None or now() - beat.at > SILENT:
        told = f"last seen {beat.at:%Y-%m-%d %H:%M:%S} UTC" if beat else "never seen"
        yield Finding("worker", CAUTION, told, "Start it: `hearth serve`, or `hearth worker`.")
    else:
        yield Finding("worker", GOOD, f"{WorkerBeat.objects.filter(at__gt=now() - SILENT).count()} at work")


def _facts() -> Iterator[Finding]:
    reached = dict(HandlerCursor.objects.values_list("handler", "last_id"))
    last = min((reached.get(handler.key, 0) for handler in handlers), default=0)
    # Counted, as ids have gaps, and no further than needed.
    untold = Fact._base_manager.filter(id__gt=last, id__lte=horizon()).order_by("id")
    behind = untold[: BEHIND + 1].count()
    if behind > BEHIND:
        yield Finding("facts", CAUTION, f"a handler is more than {BEHIND:,} facts behind", "See that the worker runs.")
    else:
        yield Finding("facts", GOOD, "all taken" if behind == 0 else f"{behind:,} to take")
    parked = ParkedFact.objects.exclude(parked_at=None).count()
    if parked:
        yield Finding("parked facts", WRONG, f"{parked:,} could not be taken", "Read why in the console under Jobs.")


def _jobs() -> Iterator[Finding]:
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gt=now() - timedelta(days=7)).count()
    late = Job.objects.filter(state=JobState.WAITING, run_after__lt=now() - LATE).count()
    if late:
        yield Finding("jobs", WRONG, f"{late:,} wait for more than 15 minutes", "See that the worker runs.")
    if failed:
        yield Finding("jobs", CAUTION, f"{failed:,} failed in the last week", "Read why in the console under Jobs.")
    if not late and not failed:
        yield Finding("jobs", GOOD, "none late, none failed this week")


def _metrics() -> Iterator[Finding]:
    """Whether column files are what was written, and the readings of yesterday or today."""
    counts, good = 0, True
    for folder in sorted((Path(settings.HEARTH_HOME) / "columns").glob("[0-9]*")):
        counts, whose = counts + 1, f"of community {folder.name}"
        try:
            published = published_in(folder)
            proven(folder, published, published.files)
        except Damaged as error:
            good = False
            advice = "No fact is lost: the next refresh builds them anew (hearth metrics --refresh)."
            yield Finding("metrics", CAUTION, f"column files {whose}: {error}", advice)
            continue
        if not published.files:  # what an earlier version wrote is not read
            good = False
            yield Finding("metrics", CAUTION, f"{whose}: not computed by this version yet", "See that the worker runs.")
        elif (days := day_number(now().date()) - published.today) > STALE:
            good = False
            yield Finding("metrics", CAUTION, f"{whose}: last computed {days} days ago", "Read why under Jobs.")
    if good:
        yield Finding("metrics", GOOD, "column files are whole" if counts else "nothing was computed yet")


def _chain() -> Iterator[Finding]:
    broken = {chain: at for chain, at in audit.verify_all().items() if at is not None}
    for chain, at in sorted(broken.items()):
        name = f"community {chain}" if chain else "the platform"
        advice = "Somebody changed the past, or HEARTH_SECRET_KEY did. Compare with a backup."
        yield Finding("audit log", WRONG, f"the chain of {name} breaks at entry {at}", advice)
    if not broken:
        yield Finding("audit log", GOOD, "whole")


def _checks() -> Iterator[Finding]:
    for told in run_checks(include_deployment_checks=False):
        if told.level >= WARNING:
            state = WRONG if told.is_serious() else CAUTION
            yield Finding(told.id or "check", state, str(told.msg), str(told.hint or "See Django's documentation."))


def _print(finding: Finding) -> None:
    mark, colour = {GOOD: ("✓", "green"), CAUTION: ("!", "yellow"), WRONG: ("✗", "red")}[finding.state]
    typer.secho(f" {mark} ", fg=colour, nl=False)
    typer.echo(f"{finding.what:<14} {finding.told}")
    if finding.advice:
        typer.echo(f"   {'':<14} → {finding.advice}")
