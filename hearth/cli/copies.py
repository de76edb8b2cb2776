"""``hearth copy`` and ``hearth copies``: one group to many others, batch by batch."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import typer

from hearth.blueprint.queries import (
    batch_for,
    batches,
    copies_planned,
    living_copies,
    original_group,
    plan_of_closing,
    state_of,
)
from hearth.blueprint.queries.batches import batch_begun_with
from hearth.blueprint.queries.community_copies import ADMIN, COMMUNITY, plan_of_copy
from hearth.blueprint.queries.copies import BatchState, only_of
from hearth.blueprint.queries.wording import said, why_refused
from hearth.blueprint.rules.reading import MOST_BYTES
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, fingerprint, go_on, roll_back_copies
from hearth.blueprint.types import Original, Plan, Problem, Table
from hearth.cli.blueprint import ERROR, NOTHING, SOMETHING, Screen, called, finish, screen, show, work
from hearth.core.errors import Refusal
from hearth.core.permissions import Actor, house_actor
from hearth.core.tenancy import community_scope
from hearth.core.texts import best
from hearth.kit.terminal import printable

LISTED = 40  # copies named on the terminal beside the first


def inside(community: str, act: Callable[[Screen, Actor], int]) -> int:
    """Run ``act`` in a community, behind what was interrupted there; its exit code."""
    here = screen()
    found = called(community)
    if found is None:
        return here.warn(f"There is no community called {community!r}.")
    try:
        with community_scope(found):
            return finish(here, found) or act(here, house_actor(found.pk))
    except Refusal as refused:
        return here.warn(str(refused))


def copy(
    *,
    group: str,
    community: str,
    path: Path,
    sets: list[str],
    canary: int,
    strict: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Copy ``group`` to the lines of ``path``: 0 all made, 2 some are left (or would be made), 1 something is wrong."""
    otherwise = dict(one.partition("=")[::2] for one in sets)
    with path.open("rb") as file:
        table = read_table(path.name, file.read(MOST_BYTES + 1))

    def act(here: Screen, actor: Actor) -> int:
        original = original_group(actor, group, otherwise)
        return copied(here, actor, original, table, canary=canary, strict=strict, yes=yes, as_json=as_json)

    return inside(community, act)


def copied(
    screen: Screen,
    actor: Actor,
    original: Original,
    table: Table,
    *,
    canary: int,
    strict: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Go on with the batch that was begun with this table, or show what would be made and begin one.

    Where all of it is made already, that is said and nothing more is done: whoever was interrupted gives the command
    again.
    """
    before = batch_begun_with(actor, original, table)
    if before is not None:
        return _finished(screen, actor, before.number, yes=yes, as_json=as_json)
    plan, problems = copies_planned(actor, original, table)
    if problems:
        return mistakes(screen, problems, as_json)
    if as_json and not yes:
        print_json({"would_make": [one.key for one in table.targets], "changes": len(plan.changes), "problems": []})
        return SOMETHING
    if not as_json:
        _show(screen, actor, original, table, plan)
    if not yes and not typer.confirm("Make the first of them?" if canary else "Make all of them?"):
        return screen.warn("Nothing was changed.")
    batch = begin_copies(actor, original, table, first=canary, strict=strict, seen=fingerprint(plan))
    return _finished(screen, actor, batch.number, yes=yes, as_json=as_json)


def mistakes(screen: Screen, problems: list[Problem], as_json: bool) -> int:
    """Say why nothing can be copied; the exit code for that."""
    if as_json:
        print_json({"would_make": [], "changes": 0, "problems": [said(one) for one in problems]})
        return ERROR
    for one in problems:
        screen.warn(said(one))
    return ERROR


def print_json(told: dict[str, Any]) -> None:
    """An answer for machines."""
    sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")


def _show(screen: Screen, actor: Actor, original: Original, table: Table, plan: Plan) -> None:
    """The first copy whole, the others by name, and how many there are."""
    first = table.targets[0]
    if original.part == COMMUNITY:
        show(screen, plan_of_copy(actor, original, first, None), first.key)
    else:
        show(screen, only_of(plan, [first.key]))
    names = {
        one.change.key: one.change.after.get("name") for one in plan.changes if one.change.section == original.part
    }
    for target in table.targets[1 : LISTED + 1]:
        screen.say(f"+ {printable(target.key)}  {printable(best(names.get(target.key) or {}))}", "green")
    if len(table.targets) > LISTED + 1:
        screen.say(f"+ and {len(table.targets) - LISTED - 1} more", "green")
    screen.say(f"{len(table.targets)} copies of {original.called}.", "bold")


def _finished(screen: Screen, actor: Actor, number: int, *, yes: bool, as_json: bool) -> int:
    """Carry a batch on as far as somebody says yes; then tell how it stands."""
    batch = batch_for(actor, number)
    state = _worked(screen, actor, state_of(batch))
    while state.word == "waiting":
        if not yes and not typer.confirm(f"{state.made} made. Make the other {state.left}?"):
            break
        go_on(actor, batch)
        state = _worked(screen, actor, state_of(batch))
    return _told(screen, state, as_json)


def _worked(screen: Screen, actor: Actor, state: BatchState) -> BatchState:
    if state.open is not None and state.open.job_id is not None:
        work(screen, state.open.job_id)
        return state_of(state.batch)
    return state


def _told(screen: Screen, state: BatchState, as_json: bool) -> int:
    refused = [
        (one.copy.key, why_refused(one.refused)) for one in state.copies if one.refused and not one.copy.left_out
    ]
    number = state.batch.number
    if as_json:
        told = {"batch": number, "state": state.word, "made": state.made, "left": state.left}
        print_json(told | {"refused": [{"key": key, "why": why} for key, why in refused]})
    else:
        for key, why in refused:
            screen.warn(f"not made: {key}: {why}")
        screen.say(f"Batch {number}: {state.made} of {len(state.copies)} made.", "bold")
        if state.may_go_on:
            here = _community_of(state)
            screen.say(f"Go on: hearth copies go-on {number}{here}. Take back: hearth copies roll-back {number}{here}.")
        _say_who_runs_them(screen, state)
    return ERROR if refused else SOMETHING if state.left else NOTHING


def _community_of(state: BatchState) -> str:
    """The option that names the community of a batch, where it is not the first one of the house."""
    first = called("")
    mine = state.batch.community
    return "" if first is not None and first.pk == mine.pk else f" --community {mine.key}"


def _say_who_runs_them(screen: Screen, state: BatchState) -> None:
    if state.batch.part != COMMUNITY:
        return
    alone = [one.copy.key for one in state.copies if one.made and not one.copy.values.get(ADMIN)]
    for key in alone[:LISTED]:
        screen.say(f"Somebody has to run it: hearth found {key} --admin ADDRESS")


def list_batches(*, community: str) -> int:
    """List the batches of copies, the newest first."""

    def act(here: Screen, actor: Actor) -> int:
        for batch in batches(actor):
            state = state_of(batch)
            made = f"{state.made}/{len(state.copies)} made"
            word = state.word.replace("_", " ")
            here.say(
                f"{batch.number:>4}  {batch.begun_at:%Y-%m-%d %H:%M}  {word:<12} {made:<16} {batch.by:<12} {batch.key}"
            )
        return NOTHING

    return inside(community, act)


def go_on_with(*, number: int, community: str, leave_out: bool) -> int:
    """Make what is left of a batch."""

    def act(here: Screen, actor: Actor) -> int:
        go_on(actor, batch_for(actor, number), leave_out=leave_out)
        return _finished(here, actor, number, yes=True, as_json=False)

    return inside(community, act)


def roll_back(*, number: int, community: str, also_living: bool, yes: bool) -> int:
    """Close the copies of a batch, as a plan that is looked at first."""

    def act(here: Screen, actor: Actor) -> int:
        batch = batch_for(actor, number)
        state = state_of(batch)
        living = living_copies(state)
        plan = plan_of_closing(actor, state, () if also_living else [one.key for one in living])
        show(here, plan)
        for one in living:
            what = "is closed too" if also_living else "stays open"
            here.say(f"! {one.key}: members write there ({one.writers}); it {what}.", "yellow")
        if not yes and not typer.confirm("Close these?"):
            return here.warn("Nothing was changed.")
        roll_back_copies(actor, batch, also_living=also_living, seen=fingerprint(plan))
        state = _worked(here, actor, state_of(batch))
        here.say(f"Batch {number} is rolled back.", "bold")
        return NOTHING

    return inside(community, act)
