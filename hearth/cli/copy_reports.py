"""``hearth copies report`` and ``update``: how copies of a group or of a whole community drift, and what mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer

from hearth.blueprint.access import actor_in
from hearth.blueprint.queries import batches
from hearth.blueprint.queries.community_copies import COMMUNITY
from hearth.blueprint.queries.community_drifting import (
    CommunityDrift,
    drift_of_communities,
    plan_of_community_update,
)
from hearth.blueprint.queries.copies import GROUPS
from hearth.blueprint.queries.drifting import CopyDrift, drift_of_copies, plan_of_update
from hearth.blueprint.rules.drifting import Difference
from hearth.blueprint.services import fingerprint
from hearth.blueprint.types import Plan
from hearth.cli.blueprint import NOTHING, SOMETHING, Screen, carry, changes_told, finish, show
from hearth.cli.copies import inside, print_json
from hearth.core.errors import Refusal
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.tenancy import community_scope
from hearth.kit.terminal import printable

SIDES = {"here": "changed in the copy", "there": "changed in the original since", "both": "changed in both"}

Drifts = Sequence[CopyDrift | CommunityDrift]


def report(*, group: str, community: str, as_json: bool) -> int:
    """Say how copies drifted from ``group``, or from the community where none is named: 0 not at all, 2 they did."""

    def act(here: Screen, actor: Actor) -> int:
        drifts = _drifts(actor, group)
        if as_json:
            told = [{"key": one.key, "differences": [_difference(each) for each in one.differences]} for one in drifts]
            print_json({"original": group or _key_of(actor), "copies": told})
        for one in [] if as_json else drifts:
            here.say(f"{one.key}: {len(one.differences) or 'nothing'} differs", "bold")
            for each in one.differences:
                here.say(f"    {printable(' '.join(each.place))}: {SIDES[each.side]}")
        if not drifts and not as_json:
            here.say(_why_none(actor, group))
        return SOMETHING if any(one.differences for one in drifts) else NOTHING

    return inside(community, act)


def _drifts(actor: Actor, group: str) -> Drifts:
    return drift_of_copies(actor, group) if group else drift_of_communities(actor)


def _why_none(actor: Actor, group: str) -> str:
    """Why there is no copy to speak of."""
    key = group or _key_of(actor)
    mine = [one for one in batches(actor, GROUPS if group else COMMUNITY) if one.key == key]
    return f"No copy of {key} stands." if mine else f"{key} was never copied."


def _key_of(actor: Actor) -> str:
    return Community.objects.values_list("key", flat=True).get(pk=actor.community_id)


def _difference(one: Difference) -> dict[str, Any]:
    part, thing = one.place
    return {"section": part, "field": thing, "side": one.side, "then": one.then, "original": one.now, "copy": one.here}


@dataclass(frozen=True, slots=True)
class _Update:
    """What brings copies up to date in one community, by whoever acts there; ``key`` of the copy that is one."""

    where: Community
    actor: Actor
    plan: Plan
    key: str = ""


def update(*, group: str, community: str, only: list[str], yes: bool, as_json: bool) -> int:
    """Bring copies to what their original alone changed since: 0 nothing is behind or all is done, 2 something is.

    1 where something was refused, or nobody agreed.
    """

    def act(here: Screen, actor: Actor) -> int:
        drifts = _drifts(actor, group)
        unknown = set(only) - {one.key for one in drifts}
        if unknown:
            return here.warn(f"There is no copy called {min(unknown)!r}.")
        chosen = [one for one in drifts if one.behind and (not only or one.key in only)]
        updates = [one for one in _updates(actor, chosen) if one.plan]
        original = group or _key_of(actor)
        if as_json:
            _print(original, updates)
        elif drifts:
            _show(here, updates)
        else:
            here.say(_why_none(actor, group))
        if not updates:
            return NOTHING
        if not yes and as_json:
            return SOMETHING
        if not yes and not typer.confirm("Apply this?"):
            return here.warn("Nothing was changed.")
        to_people = Screen(here.told, here.told) if as_json else here
        return max(_carried(to_people, one, original) for one in updates)

    return inside(community, act)


def _updates(actor: Actor, drifts: Drifts) -> list[_Update]:
    groups = [one for one in drifts if isinstance(one, CopyDrift)]
    here = Community.objects.get(pk=actor.community_id)
    updates = [_Update(here, actor, plan_of_update(actor, groups))] if groups else []
    for one in drifts:
        if isinstance(one, CommunityDrift):
            plan = plan_of_community_update(actor, one)
            updates.append(_Update(one.community, actor_in(actor, one.community), plan, one.key))
    return updates


def _print(original: str, updates: list[_Update]) -> None:
    told = [
        {"community": one.where.key, "changes": changes_told(one.plan), "notes": list(one.plan.notes)}
        for one in updates
    ]
    print_json({"original": original, "updates": told})


def _show(screen: Screen, updates: list[_Update]) -> None:
    for one in updates:
        if one.key:
            screen.say(f"{one.key}:", "bold")
        show(screen, one.plan)
    if not updates:
        screen.say("No copy is behind.")


def _carried(screen: Screen, update: _Update, source: str) -> int:
    """Carry one update out in its community, behind what was interrupted there; the exit code."""
    try:
        with community_scope(update.where):
            how = {"source": source, "upkeep": True, "seen": fingerprint(update.plan)}
            return finish(screen, update.where) or carry(screen, update.actor, update.plan, **how)
    except Refusal as refused:
        return screen.warn(f"{update.key or update.where.key}: {refused}")
