"""Entry codes: made, changed, revoked, and followed to the right group, where the next one opens when it is full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, GroupRole, demand, house_actor
from hearth.groups.errors import InvitingRests, LinkSpent
from hearth.groups.facts import EntryCodeChanged, EntryCodeMade, EntryCodeRevoked, NextGroupOpened, PlacedByCode
from hearth.groups.models import EntryCode, Group, RoleAssignment
from hearth.groups.queries.codes import any_rests, code_with, free_serials, groups_by_id, place_in, series_of, with_room
from hearth.groups.queries.doors import was_led
from hearth.groups.queries.lists import newest_norms
from hearth.groups.registry import MAKE_ENTRY_CODES
from hearth.groups.rules.placing import ATTRIBUTES, Placement, missing, numbered, place, rules_of
from hearth.groups.services.admission import admit_member
from hearth.groups.services.alike import holder_of, open_alike
from hearth.groups.services.applications import Knock, knock
from hearth.groups.services.roles import give_role
from hearth.groups.services.texts import chosen, known_values
from hearth.groups.types import JoinedBy
from hearth.kit.clock import now
from hearth.kit.ids import new_code
from hearth.kit.text import one_line
from hearth.people.queries import at_the_door

MOST_RULES, MOST_TRIES = 50, 20


@transaction.atomic
def make_entry_code(
    actor: Actor,
    *,
    title: str,
    rules: Sequence[Mapping[str, Any]] = (),
    default_group: int | None = None,
    opens_next: bool = True,
    welcome: str = "",
) -> EntryCode:
    """A code that leads to one of many groups; ``welcome`` greets instead of the group's word.

    Raises NotAllowed, Refusal for rules that do not hold together.
    """
    demand(actor, MAKE_ENTRY_CODES.key)
    if not one_line(title):
        raise Refusal("Say where the code will stand.", field="title")
    row = EntryCode(code=new_code(), title=one_line(title)[:80], opens_next=opens_next, created_by_id=actor.member_id)
    row.welcome = welcome.strip()[:500]
    row.rules, row.default_group_id = _checked(rules, default_group)
    row.save()
    emit(EntryCodeMade(code=row.pk), actor=actor, subject=f"entry_code:{row.pk}")
    audit.record(actor, "entry_code_made", f"entry_code:{row.pk}", after=_told(row))
    return row


@transaction.atomic
def change_entry_code(
    actor: Actor, code: EntryCode, *, rules: Sequence[Mapping[str, Any]], default_group: int | None, opens_next: bool
) -> EntryCode:
    """Lead people elsewhere from now on. Raises as ``make_entry_code``."""
    demand(actor, MAKE_ENTRY_CODES.key)
    row = EntryCode.objects.select_for_update().get(pk=code.pk)
    before = _told(row)
    row.rules, row.default_group_id = _checked(rules, default_group, row.rules)
    row.opens_next = opens_next
    if _told(row) == before:
        return row
    row.save(update_fields=["rules", "default_group", "opens_next"])
    emit(EntryCodeChanged(code=row.pk), actor=actor, subject=f"entry_code:{row.pk}")
    audit.record(actor, "entry_code_changed", f"entry_code:{row.pk}", before=before, after=_told(row))
    return row


def _told(row: EntryCode) -> dict[str, Any]:
    rules = [f"{one.attribute}: {', '.join(one.values)} -> {one.group}" for one in rules_of(row.rules)]
    return {"rules": rules, "default": row.default_group_id, "opens_next": row.opens_next}


def _checked(
    rules: Sequence[Mapping[str, Any]], default: int | None, before: Sequence[Any] = ()
) -> tuple[list[dict[str, Any]], int | None]:
    if len(rules) > MOST_RULES:
        raise Refusal("At most %(most)s rules.", field="values", most=MOST_RULES)
    kept = []
    for one in rules:
        attribute = chosen(one["attribute"], ATTRIBUTES, "attribute")
        values = list(one["values"]) if one in before else known_values(attribute, one["values"])
        kept.append({"attribute": attribute, "values": values, "group": one["group"]})
    wanted = {one["group"] for one in kept} | ({default} if default is not None else set())
    if set(groups_by_id(wanted)) != wanted:
        raise Refusal("Choose one of the values offered.", field="group")
    return kept, default


@transaction.atomic
def revoke_entry_code(actor: Actor, code: EntryCode) -> None:
    """Stop a code at once. Raises NotAllowed."""
    demand(actor, MAKE_ENTRY_CODES.key)
    if EntryCode.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=now()):
        emit(EntryCodeRevoked(code=code.pk), actor=actor, subject=f"entry_code:{code.pk}")
        audit.record(actor, "entry_code_revoked", f"entry_code:{code.pk}")


def look_at_code(text: str) -> EntryCode:
    """The code, without following it. Raises NotFound, LinkSpent."""
    found = code_with(text)
    if found is None:
        raise NotFound()
    if found.revoked_at:
        raise LinkSpent()
    return found


@dataclass(frozen=True, slots=True)
class Way:
    """Where a code leads somebody: what must be asked first, or the group with the reason.

    ``room``: the group with a place, ``group`` itself or one of its series; None when the next must be opened first.
    ``rests``: none of them invites people at present, and no next one is opened for that.
    """

    asks: list[str]
    placement: Placement | None = None
    group: Group | None = None
    room: Group | None = None
    inside: Group | None = None
    rests: bool = False


def way_for(code: EntryCode, member_id: int, *, language: str, chosen: int | None = None) -> Way:
    """Where a code leads a member as they are now; nothing is changed."""
    seen = at_the_door([member_id])[0]
    told = {
        "department": seen.department,
        "hospital": seen.hospital,
        "city": seen.city,
        "kind": seen.kind,
        "language": language,
    }
    rules = rules_of(code.rules)
    asks = missing(rules, told)
    if asks:
        return Way(asks)
    placement = place(rules, told, code.default_group_id, chosen)
    group = groups_by_id([placement.group]).get(placement.group) if placement else None
    if group is None:
        return Way([])
    series = series_of(group) if code.opens_next else [group]
    room = with_room(series, member_id)
    rests = room is None and any_rests(series)
    return Way([], placement, group, room, place_in(series, member_id), rests)


@transaction.atomic
def follow_code(
    actor: Actor,
    code: EntryCode,
    *,
    language: str,
    chosen: int | None = None,
    given: Mapping[str, Any] | None = None,
    norms_of: int | None = None,
    norms_version: int | None = None,
    by_qr: bool = False,
    why: str = "",
) -> tuple[Knock, Group]:
    """Come to the door of the group where a code leads; when it is full the next of its series is opened.

    ``norms_of`` and ``norms_version``: the group whose norms were shown, and the version accepted; in the next group of
    a series they hold while its text is the same. Raises NotFound while it cannot be said where, InvitingRests while
    none of its groups invites people, and what ``knock`` raises.
    """
    for _try in range(MOST_TRIES):
        way = way_for(code, actor.member_id or 0, language=language, chosen=chosen)
        if way.group is None or way.placement is None:
            raise NotFound()
        if way.rests and way.inside is None:
            raise InvitingRests()
        group = way.inside or way.room or (open_next(way.group) if code.opens_next else way.group)
        led_before = way.inside is not None or was_led(code, actor.member_id)
        savepoint = transaction.savepoint()
        told = knock(
            actor,
            group,
            how=JoinedBy.QR if by_qr else JoinedBy.CODE,
            given=given,
            norms_version=_same_norms(norms_of, norms_version, group),
            entry_code=code,
            why=why,
        )
        if told.waiting is not None and code.opens_next:  # the last place went while we looked
            transaction.savepoint_rollback(savepoint)
            continue
        transaction.savepoint_commit(savepoint)
        if not led_before:
            tell_placed(actor, code, way, group)
        return told, group
    raise Refusal("So many come at once that no place could be found. Try again in a minute.")


def tell_placed(actor: Actor, code: EntryCode, way: Way, group: Group) -> None:
    """Tell to the door of which group a code led somebody; whoever comes again while they ask or wait is not told."""
    rule = way.placement.rule if way.placement else None
    told = PlacedByCode(code=code.pk, group=group.pk, member=actor.member_id or 0, rule=rule)
    emit(told, actor=actor, subject=f"entry_code:{code.pk}")


def _same_norms(shown: int | None, version: int | None, group: Group) -> int | None:
    """The version that counts as accepted in a group when another group's norms were shown: only with the same text."""
    if shown in {None, group.pk} or version is None:
        return version
    read, mine = newest_norms(shown or 0), newest_norms(group.pk)
    same = read is not None and mine is not None and read.version == version and read.text == mine.text
    return mine.version if same and mine else None


@transaction.atomic
def open_next(group: Group) -> Group:
    """The next group of a series, like the first: name with a serial, card, norms, door, owner, keepers.

    However many ask at once, one is opened: the row is held, and a constraint stands behind it.
    """
    series = series_of(Group.objects.select_for_update().get(pk=group.pk))
    roomy = with_room(series, 0)
    if roomy is not None:
        return roomy
    last = Group.objects.select_for_update().get(pk=series[-1].pk)
    after = Group.objects.filter(parent=last, lineage=Group.NEXT).first()
    if after is not None:
        return after
    house, serial = house_actor(group.community_id), free_serials(group, 1)[0]
    owner = holder_of(group, GroupRole.OWNER)
    made = open_alike(house, group, name=numbered(group.name, serial), serial=serial, owner=owner, parent=last)
    _same_keepers(house, group, made)
    emit(NextGroupOpened(group=made.pk, after=last.pk, serial=serial), subject=f"group:{made.pk}")
    return made


def _same_keepers(house: Actor, group: Group, made: Group) -> None:
    held = RoleAssignment.objects.filter(group=group, role=GroupRole.KEEPER, until=None).select_related("member")
    for row in held.order_by("pk")[:2]:
        admit_member(house, made, row.member, how=JoinedBy.STAFF)
        give_role(house, made, row.member, GroupRole.KEEPER)
