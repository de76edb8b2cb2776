"""Where tables of people may lead: groups, past the same door as everybody whom staff lets in."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _, ngettext

from hearth.core.errors import NotFound, Refusal
from hearth.core.lists import listed
from hearth.core.permissions import Actor, may
from hearth.core.texts import best
from hearth.groups.access import is_shut
from hearth.groups.models import Group, Membership
from hearth.groups.queries.badges import kinds_asked
from hearth.groups.queries.doors import steps_of
from hearth.groups.registry import ADMIT
from hearth.groups.rules.gates import step_in_force
from hearth.groups.services.admission import without_badge
from hearth.groups.services.crowds import admit_crowd, end_crowd
from hearth.people.registry import Coming


def fillable(actor: Actor) -> list[tuple[str, str]]:
    """Open groups that an actor may fill, by name."""
    if not may(actor, ADMIT.key):
        return []
    rows = Group.objects.exclude(is_shut())
    return sorted(((str(row.pk), best(row.name) or row.key) for row in rows), key=lambda row: row[1])


def outlook(_actor: Actor, coming: Coming) -> list[Any]:
    """What awaits those who come: who is inside, places that are missing, a door that asks."""
    group = _group(coming.group)
    inside = Membership.objects.filter(group=group, left_at=None).values_list("member_id", flat=True)
    there = len({*inside} & {*coming.known})
    count = len(coming.new) + len(coming.known) - there
    told: list[Any] = []
    if there:
        words = ngettext("%(n)s of them is in the group already.", "%(n)s of them are in the group already.", there)
        told.append(words % {"n": there})
    room = None if group.capacity is None else max(0, group.capacity - group.member_count)
    if room is not None and room < count:
        words = ngettext(
            "The group has %(n)s place left. Of %(count)s who come, %(rest)s stay in the community without it.",
            "The group has %(n)s places left. Of %(count)s who come, %(rest)s stay in the community without it.",
            room,
        )
        told.append(words % {"n": room, "count": count, "rest": count - room})
    if _asks(group, count if room is None else min(room, count)):
        told.append(_PAST_THE_DOOR if coming.why.strip() else _AT_THE_DOOR)
    bare = _without_badge(group, coming, {*inside})
    if bare:
        told.append(_badge_words(bare, bool(coming.why.strip())))
    return told


def _without_badge(group: Group, coming: Coming, inside: Collection[int]) -> list[int]:
    """The lines of those who would come in without the badge that the space asks."""
    asked = kinds_asked(group)
    new = [line for line, kind in coming.new.items() if kind in asked]
    known = without_badge(group, [member for member in coming.known if member not in inside])
    return sorted([*new, *(coming.known[member] for member in known)])


def _badge_words(lines: list[int], with_reason: bool) -> Any:
    asks = ngettext(
        "This group asks for a badge; %(n)s who comes has none (line %(lines)s).",
        "This group asks for a badge; %(n)s who come have none (lines %(lines)s).",
        len(lines),
    ) % {"n": len(lines), "lines": _ranges(lines)}
    return f"{asks} {_PAST_THE_BADGE if with_reason else _AT_THE_BADGE}"


def _ranges(lines: list[int]) -> str:
    """Line numbers as people write them: 2–4, 9."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    told = [str(low) if low == high else f"{low}–{high}" for low, high in runs[:MOST_RANGES]]
    return listed([*told, *(["…"] if len(runs) > MOST_RANGES else [])])


MOST_RANGES = 20
_PAST_THE_BADGE = _("They come in without it with the reason that you gave.")
_AT_THE_BADGE = _("They stay in the community and outside the group, unless you say below why they come in.")


_PAST_THE_DOOR = _("The door of this group asks something. They come in past it with the reason that you gave.")
_AT_THE_DOOR = _(
    "The door of this group asks something. Whoever does not pass stays outside, unless you say below why they come in."
)


def _asks(group: Group, count: int) -> bool:
    """Whether the door asks anything of so many who come in one after the other: its steps change with the size."""
    steps, size = steps_of(group.pk), group.member_count
    met = [step_in_force(steps, size), *(step for step in steps if size < step.start < size + count)]
    return bool(count) and any(step.conditions() for step in met if step is not None)


def let_in(actor: Actor, group_id: int, member_ids: Collection[int], why: str) -> Mapping[int, bool | Refusal]:
    """Let members in as staff does; as ``admit_crowd`` says."""
    return admit_crowd(actor, _group(group_id), member_ids, why)


def take_out(actor: Actor, group_id: int, member_ids: Collection[int]) -> None:
    """The way back; the places become free."""
    end_crowd(actor, _group(group_id), member_ids)


def _group(group_id: int) -> Group:
    found = Group.objects.filter(pk=group_id).first()
    if found is None:
        raise NotFound()
    return found
