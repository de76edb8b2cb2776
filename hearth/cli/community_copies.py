"""``hearth community copy``: a whole community to new ones, each founded once and brought to its plan."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hearth.blueprint.queries import unfinished
from hearth.blueprint.queries.community_copies import (
    original_community,
    original_of_batch,
    plan_of_copy,
    problems_of_copies,
    unfinished_community_batch,
)
from hearth.blueprint.queries.wording import why_refused
from hearth.blueprint.rules.reading import MOST_BYTES
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_community_copies, begin_revision, finish_copy, founded_copy
from hearth.blueprint.types import Original, Problem, Table, Target
from hearth.cli.blueprint import ERROR, NOTHING, SOMETHING, Screen, finish, show, work
from hearth.cli.copies import LISTED, inside, mistakes, print_json
from hearth.cli.found import make_admin
from hearth.core.permissions import Actor, house_actor
from hearth.core.tenancy import community_scope
from hearth.kit.terminal import printable

if TYPE_CHECKING:
    from hearth.blueprint.models import Copy, CopyBatch

LONGEST_KEY = 40
ADMIN = "admin"  # the column with the address of whoever runs a copy


def copy_community(
    *, community: str, path: Path, sets: list[str], canary: int, strict: bool, yes: bool, as_json: bool
) -> int:
    """Copy ``community`` to the lines of ``path``: 0 all made, 2 some are left (or would be made), 1 a mistake."""
    otherwise = dict(one.partition("=")[::2] for one in sets)
    with path.open("rb") as file:
        table = read_table(path.name, file.read(MOST_BYTES + 1), longest_key=LONGEST_KEY)

    def act(here: Screen, actor: Actor) -> int:
        original = original_community(actor, otherwise)
        batch = unfinished_community_batch(original, table)
        problems = _addresses(table) + problems_of_copies(original, table, batch)
        if problems:
            return mistakes(here, problems, as_json)
        if as_json and not yes:
            print_json({"would_make": [one.key for one in table.targets], "problems": []})
            return SOMETHING
        if batch is None:
            if not as_json:
                _show(here, original, table)
            if not yes and not typer.confirm("Found the first of them?" if canary else "Found all of them?"):
                return here.warn("Nothing was changed.")
            batch = begin_community_copies(actor, original, table, first=canary, strict=strict)
        return _carried(here, batch, yes=yes, as_json=as_json)

    return inside(community, act)


def _addresses(table: Table) -> list[Problem]:
    wrong = []
    for one in table.targets:
        try:
            validate_email(one.values.get(ADMIN) or "nobody@example.org")
        except ValidationError:
            sentence = "Name a person by the e-mail address with which they sign in."
            wrong.append(Problem(sentence, table.at(one.line), about=ADMIN))
    return wrong


def _show(screen: Screen, original: Original, table: Table) -> None:
    show(screen, plan_of_copy(original, table.targets[0], table, None), table.targets[0].key)
    for target in table.targets[1 : LISTED + 1]:
        screen.say(f"+ {printable(target.key)}", "green")
    screen.say(f"{len(table.targets)} communities as {original.stood['community']['']['key']} is.", "bold")


def _carried(screen: Screen, batch: "CopyBatch", *, yes: bool, as_json: bool) -> int:
    """Found and fill what is left of a batch, as far as somebody says yes; then tell how it stands."""
    refused: list[tuple[str, str]] = []
    asked = yes
    for place, copy in enumerate(batch.copies.order_by("line")):
        if copy.done_at is not None:
            continue
        if batch.first and place >= batch.first and not asked:
            if not typer.confirm(f"{place} made. Make the other {batch.copies.count() - place}?"):
                break
            asked = True
        why = _made(screen, batch, copy)
        if why:
            refused.append((copy.key, why))
            if batch.strict:
                break
        else:
            finish_copy(copy)
    return _told(screen, batch, refused, as_json)


def _made(screen: Screen, batch: "CopyBatch", copy: "Copy") -> str:
    """Bring one copy to its plan; why something of it was refused, or nothing."""
    there = founded_copy(batch, copy)
    with community_scope(there):
        finish(screen, there)
        house = house_actor(there.pk)
        target = Target(copy.line, copy.key, copy.values)
        plan = plan_of_copy(original_of_batch(batch), target, Table(batch.source), there)
        if plan:
            row = begin_revision(house, plan, source=f"copy of {batch.key}")
            assert row.job_id is not None
            work(screen, row.job_id)
            bad = row.steps.exclude(refused={}).order_by("number").first()
            if bad is not None:
                return why_refused(bad.refused)
            if unfinished(house) is not None:
                return "Interrupted. Run the same command again to go on."
    if copy.values.get(ADMIN):
        make_admin(there, copy.values[ADMIN].lower(), "")
    return ""


def _told(screen: Screen, batch: "CopyBatch", refused: list[tuple[str, str]], as_json: bool) -> int:
    made, count = batch.copies.filter(done_at__isnull=False).count(), batch.copies.count()
    if as_json:
        told = {"batch": batch.number, "made": made, "left": count - made}
        print_json(told | {"refused": [{"key": key, "why": why} for key, why in refused]})
    else:
        for key, why in refused:
            screen.warn(f"not whole: {key}: {why}")
        screen.say(f"{made} of {count} made.", "bold")
        _say_who_runs_them(screen, batch)
    return ERROR if refused else SOMETHING if made < count else NOTHING


def _say_who_runs_them(screen: Screen, batch: "CopyBatch") -> None:
    alone = [one.key for one in batch.copies.filter(done_at__isnull=False) if not one.values.get(ADMIN)]
    for key in alone[:LISTED]:
        screen.say(f"Somebody has to run it: hearth found {key} --admin ADDRESS")
