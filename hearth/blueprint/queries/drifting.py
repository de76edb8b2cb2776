"""How the copies of a group drift from it, and the plan that brings them up to date."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from hearth.blueprint.queries.copies import GROUPS, no_group, parts_of_groups, shapes_by_key
from hearth.blueprint.queries.lineage import Made, brought, copies_of
from hearth.blueprint.queries.plans import plan_of, shapes
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.drifting import Difference, changed_in_original, differences, flat, with_brought
from hearth.blueprint.rules.filling import AT, Parts, belonging, copied, foreign_words
from hearth.blueprint.types import Original, Plan, Target, WantedPart
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.groups.queries import groups_with_keys
from hearth.kit.described import Change, Objects, Shape


@dataclass(frozen=True, slots=True)
class CopyDrift:
    """A copy and everything in which it is not what its original says now."""

    made: Made
    differences: tuple[Difference, ...]

    @property
    def key(self) -> str:
        """The copy's key."""
        return self.made.copy.key

    @property
    def behind(self) -> list[Difference]:
        """What the original alone changed since."""
        return changed_in_original(self.differences)


def drift_of_copies(actor: Actor, key: str) -> list[CopyDrift]:
    """The open copies of a group, those nearest to it first. A closed original counts as it was.

    Raises NotAllowed, NoSuchGroup.
    """
    demand(actor, APPLY.key)
    known, there = shapes_by_key(), parts_of_groups()
    if key not in there[GROUPS] and not groups_with_keys([key]):
        raise no_group(key, there[GROUPS])
    language = Community.objects.values_list("language", flat=True).get(pk=actor.community_id)
    original = belonging(key, GROUPS, there, shapes())
    since = _brought_to()
    found = [_drift(made, original, there, known, language, since.get(made.copy.key, [])) for made in copies_of(key)]
    return sorted(found, key=lambda one: (len(one.differences), one.key))


def _brought_to() -> dict[str, list[tuple[datetime, Change]]]:
    """Key of a copy → what bringing it up to date has changed in it."""
    found: dict[str, list[tuple[datetime, Change]]] = {}
    for at, change in brought():
        key = change.key if change.section == GROUPS else change.key.rpartition(AT)[2]
        found.setdefault(key, []).append((at, change))
    return found


def _drift(
    made: Made,
    original: Parts,
    there: dict[str, Objects],
    known: dict[str, Shape],
    language: str,
    since: list[tuple[datetime, Change]],
) -> CopyDrift:
    batch, key = made.batch, made.copy.key
    copied_then = _said(made, batch.stood, known, language) or {}
    was = flat(with_brought(copied_then, (change for at, change in since if at > batch.begun_at)), GROUPS, key, known)
    now = _said(made, original, known, language) if GROUPS in original else None
    shall = was if now is None else flat(now, GROUPS, key, known)
    here = flat(belonging(key, GROUPS, there, list(known.values())), GROUPS, key, known)
    return CopyDrift(made, tuple(differences(was, shall, here)))


def _said(made: Made, stood: Parts, known: dict[str, Shape], language: str) -> Parts | None:
    """What an original says of this copy; None where it cannot be told with the values of the copy's line."""
    original = Original(GROUPS, made.batch.key, stood, made.batch.sets)
    then, columns = replace(original, stood=made.batch.stood), made.copy.values
    same = foreign_words(original, columns, known) <= foreign_words(then, columns, known)
    original = replace(original, braces=same)  # what was copied as it stood is so now
    target = Target(made.copy.line, made.copy.key, made.copy.values)
    parts, problems = copied(original, target, known, language)
    return None if problems else parts


def plan_of_update(actor: Actor, drifts: Collection[CopyDrift]) -> Plan:
    """The plan that gives copies what their original alone changed since; what they changed themselves stays.

    Raises NotAllowed.
    """
    demand(actor, APPLY.key)
    objects: dict[str, Objects] = {}
    gone: dict[str, set[str]] = {}
    for drift in drifts:
        for one in drift.behind:
            part, thing = one.place
            if part == GROUPS:
                objects.setdefault(part, {}).setdefault(drift.key, {})[thing] = one.now
            elif one.now is None:
                gone.setdefault(part, set()).add(thing + AT + drift.key)
            else:
                objects.setdefault(part, {})[thing + AT + drift.key] = one.now
    parts = {*objects, *gone}
    wanted = {
        part: WantedPart(objects.get(part, {}), keep_others=True, gone=frozenset(gone.get(part, ()))) for part in parts
    }
    plan, _problems = plan_of(actor, wanted)
    return plan
