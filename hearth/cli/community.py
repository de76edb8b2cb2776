"""``hearth community``: the communities of this house, what was applied to them, and the way back."""

from typing import Any

import typer

from hearth.blueprint.queries import history as history_of, plan_back, revision_for, revisions
from hearth.blueprint.queries.history import Entry, said_of
from hearth.cli.blueprint import NOTHING, Screen, called, carry, finish, screen, show
from hearth.core.errors import Refusal
from hearth.core.models import Community
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.core.texts import best
from hearth.kit.terminal import printable

LISTED = 1000  # lines of a history


def communities(*, quiet: bool) -> int:
    """List the communities of this house; ``quiet`` prints their keys alone."""
    here = screen()
    for row in Community.objects.order_by("key"):
        here.say(
            row.key if quiet else f"{row.key:<24} {row.language:<8} {row.time_zone:<20} {printable(best(row.name))}"
        )
    return NOTHING


def history(*, community: str) -> int:
    """List what was applied to a community, the newest first."""
    here = screen()
    found = called(community)
    if found is None:
        return here.warn(f"There is no community called {community!r}.")
    with community_scope(found):
        for entry in history_of(house_actor(found.pk), LISTED):
            _say(here, entry)
    return NOTHING


def _say(screen: Screen, entry: Entry) -> None:
    """One line: a revision, or the copies of a batch, whatever number of revisions made them."""
    row: Any = entry.row  # with its counts
    state = "undone" if entry.undone else "stopped" if row.stopped else "applied" if row.ended_at else "open"
    done = f"{row.steps_done}/{row.steps_all} done, {row.steps_refused} refused"
    what = said_of(entry)
    if entry.batch is not None:
        what = f"{what}, batch {entry.batch.batch.number}"
        if row.undoes is None:
            done = f"{entry.batch.made}/{len(entry.batch.copies)} made"
            state = "undone" if entry.undone else entry.batch.word
    numbers = ",".join(str(number) for number in entry.numbers)
    line = f"{numbers:>4}  {row.begun_at:%Y-%m-%d %H:%M}  {state:<8} {done:<28} {row.by:<12} {printable(what)}"
    screen.say(line)


def roll_back(*, community: str, number: int, yes: bool) -> int:
    """Bring back what stood before revision ``number`` (0: the last one)."""
    here = screen()
    found = called(community)
    if found is None:
        return here.warn(f"There is no community called {community!r}.")
    with community_scope(found):
        actor = house_actor(found.pk)
        if code := finish(here, found):
            return code
        newest = revisions(actor).first()
        if newest is None:
            return here.warn(f"No blueprint was applied to {found.key} yet.")
        try:
            row = revision_for(actor, number) if number else newest
            plan = plan_back(actor, row)
            show(here, plan)
            if not plan:
                return NOTHING
            if not yes and not typer.confirm("Apply this?"):
                return here.warn("Nothing was changed.")
            return carry(here, actor, plan, undoes=row)
        except Refusal as refused:
            return here.warn(str(refused))
