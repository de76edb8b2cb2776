"""``hearth plan``, ``apply``, ``export``, ``drift`` and ``community``: communities as code from the command line."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hearth.blueprint.queries import (
    drift as drift_of,
    plan_of,
    plan_of_new,
    read_blueprint,
    revision_for,
    unfinished,
)
from hearth.blueprint.queries.wording import Told, said, tell, tell_change, why_refused
from hearth.blueprint.rules.reading import MOST_BYTES, MOST_FILES
from hearth.blueprint.services import begin_revision, community_of
from hearth.blueprint.types import Description, Plan, Problem
from hearth.core import jobs
from hearth.core.errors import Refusal
from hearth.core.models import Community, Job
from hearth.core.models.job import JobState
from hearth.core.permissions import Actor, house_actor
from hearth.core.tenancy import community_scope
from hearth.kit.terminal import printable, say_what_can_be_said

Files = list[tuple[str, str]]
NOTHING, ERROR, SOMETHING = 0, 1, 2
SIGNS = {"create": ("+", "green"), "change": ("~", "yellow"), "remove": ("-", "red")}
LONGEST = 160  # characters of a value on the terminal


@dataclass(slots=True)
class Screen:
    """Where a command speaks."""

    out: Console
    told: Console

    def say(self, text: str, style: str = "") -> None:
        """A line of ours, in which what strangers wrote is printable already."""
        self.out.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    def warn(self, text: str) -> int:
        """Say why something was not done; the exit code for that."""
        self.told.print(printable(text), style="red", markup=False, highlight=False, soft_wrap=True)
        return ERROR


def screen() -> Screen:
    """The terminal."""
    say_what_can_be_said()
    return Screen(Console(), Console(stderr=True))


def contents(path: Path) -> list[tuple[str, bytes]]:
    """The file, or every ``.yaml`` and ``.yml`` below the folder but in hidden places: (name, bytes).

    Little more than may be is read: who reads it then says that it is too much.
    """
    if path.is_file():
        return [(path.name, _bytes(path))]
    found = sorted(one for one in path.rglob("*") if one.suffix in {".yaml", ".yml"} and one.is_file())
    told: list[tuple[str, bytes]] = []
    total = 0
    for one in found:
        name = one.relative_to(path)
        if any(part.startswith(".") for part in name.parts):  # such as .github
            continue
        told.append((name.as_posix(), _bytes(one)))
        total += len(told[-1][1])
        if total > MOST_BYTES or len(told) > MOST_FILES:
            break
    return told


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _read(path: Path, community: str) -> tuple[Description, list[Problem], Community | None]:
    """What the files describe, and the community that is meant, if it is there."""
    files = contents(path)
    first, _problems = read_blueprint(files)
    found = Community.objects.filter(key=community or first.community).first()
    if found is None:
        return first, _problems, None
    description, problems = read_blueprint(files, language=found.language)
    return description, problems, found


def _plan(description: Description, found: Community | None) -> tuple[Plan, list[Problem]]:
    if found is None:
        return plan_of_new(description.wanted, description.document)
    with community_scope(found):
        return plan_of(house_actor(found.pk), description.wanted, description.document)


def plan(*, path: Path, community: str, as_json: bool) -> int:
    """Print what applying ``path`` would do: 0 nothing, 2 something, 1 when it cannot be read."""
    here = screen()
    description, problems, found = _read(path, community)
    if not problems and found is None and not description.community:
        return here.warn("Say which community is meant: `community: {key: …}` in the file, or --community KEY.")
    plan = Plan()
    if not problems:
        plan, problems = _plan(description, found)
    founds = "" if found else community or description.community
    if as_json:
        told = _json(found.key if found else founds, bool(founds), plan, problems)
        sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    elif problems:
        mistakes(here, problems)
    else:
        show(here, plan, founds)
    if problems:
        return ERROR
    return SOMETHING if plan or founds else NOTHING


def changes_told(plan: Plan) -> list[dict[str, Any]]:
    """The changes of a plan for machines."""
    return [
        {
            "kind": one.change.kind,
            "section": one.change.section,
            "key": one.change.key,
            "before": one.change.before,
            "after": one.change.after,
            "consequences": list(one.consequences),
            "refused": one.refused,
        }
        for one in plan.changes
    ]


def _json(community: str, founds: bool, plan: Plan, problems: list[Problem]) -> dict[str, Any]:
    told = [
        {"file": p.at.file, "line": p.at.line, "column": p.at.column, "problem": p.sentence % p.values}
        if p.at
        else {"problem": p.sentence % p.values}
        for p in problems
    ]
    about = {"community": community, "founds": founds and not problems}
    return about | {"changes": changes_told(plan), "notes": list(plan.notes), "problems": told}


def mistakes(screen: Screen, problems: list[Problem]) -> int:
    """Say everything that is wrong; the exit code for that."""
    for one in problems:
        screen.warn(said(one))
    return ERROR


def show(screen: Screen, plan: Plan, founds: str = "") -> None:
    """A plan, change by change; ``founds`` is the key of the community that is founded before."""
    if founds:
        screen.say(f"+ community {printable(founds)}", "green")
    for one in plan.changes:
        _show_change(screen, tell(one))
    for note in plan.notes:
        screen.say(f"! {printable(note)}", "yellow")
    counts = [plan.count(kind) for kind in SIGNS]
    if plan or founds:
        before = "the community is founded, then " if founds else ""
        screen.say(f"Plan: {before}{{}} to create, {{}} to change, {{}} to remove.".format(*counts), "bold")
    else:
        screen.say("Everything stands as it is described.")


def _show_change(screen: Screen, told: Told) -> None:
    sign, style = SIGNS[told.kind]
    screen.say(f"{sign} {told.title.lower()} {printable(told.key)}".rstrip(), style)
    for line in told.lines:
        before = f"{_short(line.before)} → " if line.before else ""
        name = f"{line.label} ({line.field})" if line.label else line.field
        screen.say(f"    {name}: {before}{_short(line.after)}")
    for follows in (*told.consequences, *([told.refused] if told.refused else ())):
        screen.say(f"  ! {printable(follows)}", "yellow")


def _short(text: str) -> str:
    line = printable(" ⏎ ".join(part for part in text.splitlines() if part.strip()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def apply(*, path: Path, community: str, yes: bool) -> int:
    """Plan ``path`` and carry it out, founding the community when it is not there; 1 when anything was refused."""
    here = screen()
    description, problems, found = _read(path, community)
    if problems:
        return mistakes(here, problems)
    if found is None and not (community or description.community):
        return here.warn("Say which community is meant: `community: {key: …}` in the file, or --community KEY.")
    if found is not None and (code := finish(here, found)):
        return code
    plan, problems = _plan(description, found)
    if problems:
        return mistakes(here, problems)
    show(here, plan, "" if found else community or description.community)
    if found is not None and not plan:
        return NOTHING
    if not yes and not typer.confirm("Apply this?" if found else "Found this community?"):
        return here.warn("Nothing was changed.")
    files = [(name, raw.decode("utf-8-sig")) for name, raw in contents(path)]
    return _found_and_apply(here, description, found, path.name, files)


def _found_and_apply(
    screen: Screen, description: Description, found: Community | None, source: str, files: Files
) -> int:
    try:
        there = found or community_of(description)[0]
        with community_scope(there):
            actor = house_actor(there.pk)
            plan, problems = plan_of(actor, description.wanted, description.document)
            if problems:
                return mistakes(screen, problems)
            code = carry(screen, actor, plan, source=source, files=files) if plan else NOTHING
    except Refusal as refused:
        return screen.warn(str(refused))
    if found is None:
        screen.say(f"{there.key} is founded. Somebody has to run it: hearth found {there.key} --admin ADDRESS")
    return code


def carry(screen: Screen, actor: Actor, plan: Plan, **how: Any) -> int:
    """Begin a revision and carry it out; the exit code."""
    row = begin_revision(actor, plan, **how)
    assert row.job_id is not None
    return _work(screen, actor, row.number, row.job_id)


def finish(screen: Screen, found: Community) -> int:
    """Carry out first what was interrupted."""
    with community_scope(found):
        actor = house_actor(found.pk)
        jobs.reap(jobs.worker_name())
        row = unfinished(actor)
        if row is None or row.job is None or row.job.state not in {JobState.WAITING, JobState.RUNNING}:
            return NOTHING
        screen.say(f"Revision {row.number} was interrupted; carrying it out first.")
        return _work(screen, actor, row.number, row.job.pk)


class _Watched(jobs.JobRun):
    """A job whose progress is seen on the terminal."""

    bar: Any = None

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=done, total=total)
        super().progress(done, total, note)


def _work(screen: Screen, actor: Actor, number: int, job_id: int) -> int:
    work(screen, job_id)
    return _report(screen, actor, number, Job.objects.get(pk=job_id))


def work(screen: Screen, job_id: int) -> None:
    """Do the work of a job here, or watch the worker that took it."""
    columns = (TextColumn("applying"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=screen.told, transient=True) as bar:
        bar.add_task("", total=1)
        claimed = jobs.claim_this(jobs.worker_name(), job_id)
        if claimed is not None:
            run = _Watched(claimed.row, claimed.lease)
            run.bar = bar
            jobs.work_off(run)
        else:
            _watch(bar, job_id)


def _watch(bar: Progress, job_id: int) -> None:
    while (row := Job.objects.get(pk=job_id)).state in {JobState.WAITING, JobState.RUNNING}:
        bar.update(bar.task_ids[0], completed=row.done, total=row.total)
        time.sleep(0.2)


def _report(screen: Screen, actor: Actor, number: int, job: Job) -> int:
    row: Any = revision_for(actor, number)  # with its counts
    for step in row.steps.filter(done_at__isnull=False).exclude(refused={}).order_by("number"):
        screen.warn(f"not done: {step.section} {step.key}: {why_refused(step.refused)}")
    if row.ended_at is None:
        return screen.warn(job.error or "Interrupted. Run the same command again to go on.")
    screen.say(f"Revision {number}: {row.steps_done} of {row.steps_all} changes done.", "bold")
    return ERROR if row.steps_refused else NOTHING


def called(key: str) -> Community | None:
    """The community of a key; the first one for no key."""
    rows = Community.objects.filter(key=key) if key else Community.objects.order_by("pk")
    return rows.first()


def drift(*, community: str) -> int:
    """Print what was changed by hand since the last revision: 0 nothing, 2 something, 1 without one."""
    here = screen()
    found = called(community)
    if found is None:
        return here.warn(f"There is no community called {community!r}.")
    with community_scope(found):
        seen = drift_of(house_actor(found.pk))
    if seen is None:
        return here.warn(f"No blueprint was applied to {found.key} yet.")
    for change in seen.changes:
        _show_change(here, tell_change(change))
    since = f"revision {seen.revision.number} of {seen.revision.ended_at:%Y-%m-%d %H:%M} UTC"
    count = len(seen.changes)
    here.say(f"{count} changed by hand since {since}." if count else f"Nothing was changed by hand since {since}.")
    return SOMETHING if count else NOTHING
