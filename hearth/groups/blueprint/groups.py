"""Groups with their cards, norms, welcome texts and keepers."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _, ngettext
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, create_model, model_validator
from pydantic_core import PydanticCustomError

from hearth.core.errors import NotFound
from hearth.core.lists import worded
from hearth.core.models import Community
from hearth.core.permissions import Actor, GroupRole
from hearth.core.sections import Notes, nobody_leaves, section
from hearth.core.tenancy import current_community_id
from hearth.groups.access import is_shut, roles_of
from hearth.groups.blueprint import words as part_words
from hearth.groups.blueprint.community import Zone
from hearth.groups.blueprint.doors import door_steps, door_told
from hearth.groups.blueprint.places import place_called
from hearth.groups.blueprint.staff import nobody_knows
from hearth.groups.models import GatePolicy, Group, Norms, RoleAssignment
from hearth.groups.queries import newest_norms
from hearth.groups.registry import OPEN_GROUP
from hearth.groups.rules.known import UNKNOWN, key_of
from hearth.groups.rules.reasons import NAMED_TO_TEND, NOT_DESCRIBED, ROLLED_BACK
from hearth.groups.services import (
    admit_member,
    change_gates,
    change_group,
    close_group,
    end_role,
    give_role,
    hand_over,
    open_group,
    place_group,
    publish_norms,
    reopen_group,
)
from hearth.groups.types import KNOWN_WORDS
from hearth.kit.described import Change, Fields, Key, Language, Objects, Part, Person, Shape, Whole, words
from hearth.people.queries import emails_of, members_by_email

TEXTS = ("name", "function", "card", "welcome")
OF_COMMUNITY: Any = ""  # told by ``defaults``
PLAIN = ("theme", "capacity", "visibility", "space", "name_rule", "definition", "language", "time_zone", "lasting")


def _once(people: list[str]) -> list[str]:
    return sorted(set(people))


TraitValue = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


def _known(value: str, info: ValidationInfo) -> str:
    """The key where a value stands for something that the house knows."""
    words = {key: key for key in KNOWN_WORDS.get(info.data.get("attribute", ""), {})}
    key = key_of(value, words) if words else value
    if key is None:
        told = {"value": value, "known": tuple(words)}
        raise PydanticCustomError("said", "{said}", {"said": _(UNKNOWN) % worded(told)})
    return key


class TraitPart(Part):
    """What members of a group have."""

    attribute: Literal["department", "hospital", "city", "kind", "badge"] = Field(description="Whose what.")
    values: Annotated[list[Annotated[TraitValue, AfterValidator(_known)]], Field(min_length=1, max_length=100)] = Field(
        description="One of these; for `badge`: `yes` or `no`."
    )


class GroupPart(Part):
    """A room of people with a theme, a capacity and norms."""

    language: Language = Field(OF_COMMUNITY, description="Its language; by default the community's.")
    name: words(80, one=True, needed=True) = Field({}, description="What it is called.")  # type: ignore[valid-type]
    theme: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = Field(
        "", description="One word or two by which groups are compared."
    )
    function: words(300) = Field({}, description="What it is for, in one sentence.")  # type: ignore[valid-type]
    card: words(2000) = Field({}, description="What newcomers read before they come in.")  # type: ignore[valid-type]
    welcome: words(2000) = Field({}, description="What newcomers read when they have come in.")  # type: ignore[valid-type]
    norms: words(8000, needed=True) = Field({}, description="What everybody accepts; a new text is a new version.")  # type: ignore[valid-type]
    capacity: Annotated[Whole, Field(ge=2, le=100_000)] | None = Field(None, description="How many members at most.")
    visibility: Literal["open", "listed", "hidden"] = Field("listed", description="Who learns that it exists.")
    space: Literal["professional", "patient", "general"] = Field("general", description="How peers see names.")
    name_rule: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = Field(
        "", description="What a name card must hold, such as `{name}-{hospital}-{department}`."
    )
    definition: Annotated[list[TraitPart], Field(max_length=5)] = Field(
        [], description="Whom it is for; purity is the share of members who match."
    )
    place: Key | None = Field(None, description="The key of the place where it stands.")
    time_zone: Zone = Field(OF_COMMUNITY, description="Its clock; by default the community's.")
    lasting: Literal["standing", "ending"] = Field("standing", description="`ending` groups are completed one day.")
    ends_on: date | None = Field(None, description="The day on which an ending group is meant to end.")
    owner: Person | None = Field(None, description="The owner of record who answers for it.")
    keepers: Annotated[list[Person], AfterValidator(_once), Field(max_length=100)] = Field(
        [], description="Who tends it beside the owner."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.lasting == "ending" and self.ends_on is None:
            raise PydanticCustomError("said", "A group that is meant to end says on which day: `ends_on`.")
        if self.owner in self.keepers:
            self.keepers = [one for one in self.keepers if one != self.owner]
        return self


@cache
def group_part() -> type[Part]:
    """A group with its door, whose kinds of conditions are known once all modules are there."""
    door: Any = Field([], description="What the door asks, in steps that rise with the size; nothing: it is open.")
    return create_model("Group", __base__=GroupPart, door=(door_steps(), door))


def _open_groups() -> Any:
    return Group.objects.filter(~is_shut())


def read() -> Objects:
    """Every open group by its key: five queries."""
    newest = Norms.objects.filter(group=OuterRef("pk")).order_by("-version").values("text")[:1]
    door = GatePolicy.objects.filter(group=OuterRef("pk")).order_by("-version").values("steps")[:1]
    told = _open_groups().annotate(norms_text=Subquery(newest), door=Subquery(door))
    rows = list(told.select_related("place").order_by("key"))
    tending = _tending()
    return {row.key: _told(row, *tending.get(row.pk, ("", []))) for row in rows}


def _tending(group: Group | None = None) -> dict[int, tuple[str, list[str]]]:
    """Group → (address of the owner, addresses of keepers), of those who sign in."""
    held = RoleAssignment.objects.filter(until=None, group__isnull=False, role__in=["owner", "keeper"])
    if group is not None:
        held = held.filter(group=group)
    rows = list(held.values_list("group_id", "member_id", "role"))
    emails = emails_of({member for _group, member, _role in rows})
    found: dict[int, tuple[str, list[str]]] = {}
    for group_id, member, role in rows:
        owner, keepers = found.get(group_id, ("", []))
        email = emails.get(member)
        if email and role == "owner":
            found[group_id] = (email, keepers)
        elif email:
            found[group_id] = (owner, sorted([*keepers, email]))
    return found


def _told(row: Any, owner: str, keepers: list[str]) -> Fields:
    return {
        **{field: getattr(row, field) for field in (*TEXTS, *PLAIN)},
        "norms": row.norms_text or {},
        "door": door_told(row.door or []),
        "place": row.place.key if row.place else None,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "owner": owner or None,
        "keepers": keepers,
    }


def _settled(objects: Objects) -> tuple[Objects, list[str]]:
    """Without owners and keepers nobody knows; where a keeper is a stranger, no other leaves."""
    named = {one for fields in objects.values() for one in [fields.get("owner"), *fields.get("keepers", ())] if one}
    known = members_by_email(named)
    here = {key: _without_strangers(fields, known) for key, fields in objects.items()}
    doubtful = [key for key, fields in here.items() if fields.get("keepers") != objects[key].get("keepers")]
    tending = _keepers_there() if doubtful else {}
    notes: Notes = [nobody_knows(email) for email in sorted(named - set(known))]
    for key in doubtful:
        said = here[key]["keepers"]
        here[key]["keepers"] = sorted({*said, *tending.get(key, ())} - {here[key].get("owner")})
        notes += [nobody_leaves(key)] if here[key]["keepers"] != said else []
    return here, notes


def _keepers_there() -> dict[str, list[str]]:
    held = _tending()
    return {key: held[pk][1] for key, pk in _open_groups().values_list("key", "pk") if pk in held}


def _without_strangers(fields: Fields, known: Collection[str]) -> Fields:
    made = dict(fields)
    if made.get("owner") and made["owner"] not in known:
        del made["owner"]
    if "keepers" in made:
        made["keepers"] = [one for one in made["keepers"] if one in known]
    return made


def _write(actor: Actor, change: Change) -> None:
    group = Group.objects.filter(key=change.key).first()
    if change.kind == "create":
        _create(actor, change, group)
    elif group is None:
        raise NotFound()
    elif change.kind == "change":
        _change(actor, group, change.after)
    else:
        close_group(actor, group, why=ROLLED_BACK if change.taken_back else NOT_DESCRIBED)


def _create(actor: Actor, change: Change, closed: Group | None) -> None:
    if closed is not None:
        reopen_group(actor, closed)
        _change(actor, closed, change.after)
        return
    fields = {**change.after}
    keepers, owner = fields.pop("keepers", []), fields.pop("owner", None)
    door = fields.pop("door", [])
    day = fields.pop("ends_on", None)
    group = open_group(
        actor,
        key=change.key,
        place=place_called(fields.pop("place", None)),
        ends_on=date.fromisoformat(day) if day else None,
        owner=members_by_email([owner]).get(owner) if owner else None,
        **fields,
    )
    if door:
        change_gates(actor, group, door)
    if keepers:
        _tend(actor, group, None, keepers)


def _change(actor: Actor, group: Group, fields: Fields) -> None:
    plain = {name: value for name, value in fields.items() if name in (*TEXTS, *PLAIN)}
    if "ends_on" in fields:
        plain["ends_on"] = date.fromisoformat(fields["ends_on"]) if fields["ends_on"] else None
    if plain:
        change_group(actor, group, **plain)
    if "place" in fields:
        place_group(actor, Group.objects.get(pk=group.pk), place_called(fields["place"]))
    if fields.get("norms"):
        publish_norms(actor, group, fields["norms"])
    if "door" in fields:
        change_gates(actor, group, fields["door"])
    if fields.get("owner") or "keepers" in fields:
        _tend(actor, group, fields.get("owner"), fields.get("keepers"))


def _tend(actor: Actor, group: Group, owner: str | None, keepers: list[str] | None) -> None:
    """Give the group this owner and exactly these keepers; whoever is named and not in it is let in first."""
    had = _tending(group).get(group.pk, ("", []))[1]
    wanted = set(had if keepers is None else keepers) - {owner}
    members = members_by_email({*wanted, *had, *([owner] if owner else [])})
    for email in {*wanted, *([owner] if owner else [])} & set(members):
        if GroupRole.MEMBER not in roles_of(members[email].pk, group):
            own = newest_norms(group.pk) if members[email].pk == actor.member_id else None  # they apply this very text
            version, why = own.version if own else None, NAMED_TO_TEND
            admit_member(actor, group, members[email], how="staff", norms_version=version, why=why)
    if owner in members:
        hand_over(actor, group, members[owner])
    now = set(_tending(group).get(group.pk, ("", []))[1])
    for email in sorted(wanted - now):
        if email in members:
            give_role(actor, group, members[email], GroupRole.KEEPER)
    leaving = members_by_email(now - wanted)
    for email in sorted(leaving):
        end_role(actor, group, leaving[email], GroupRole.KEEPER)


def _consequences(changes: Sequence[Change]) -> list[list[str]]:
    """What follows, with one query for the members of all groups concerned."""
    counts: dict[str, int] = {}
    keys = [change.key for change in changes]
    for start in range(0, len(keys), 500):
        rows = Group.objects.filter(key__in=keys[start : start + 500])
        counts.update(rows.values_list("key", "member_count"))
    return [_follows(change, counts.get(change.key)) for change in changes]


def _follows(change: Change, members: int | None) -> list[str]:
    if members is None:
        return []
    if change.kind == "create":
        return [_("It was closed, and is reopened with its %(members)s members.") % {"members": members}]
    if change.kind == "remove":
        said = ngettext(
            "The group is closed: %(members)s member can read it, and write there no more.",
            "The group is closed: %(members)s members can read it, and write there no more.",
            members,
        )
        return [said % {"members": members}]
    return _of_change(change.after, members)


def _of_change(after: Fields, members: int) -> list[str]:
    said = []
    capacity = after.get("capacity")
    if capacity is not None and capacity < members:
        said.append(_("It has %(members)s members already, so this capacity will be refused.") % {"members": members})
    if "norms" in after and members:
        told = ngettext(
            "The norms get a new version, which %(members)s member has not accepted yet.",
            "The norms get a new version, which %(members)s members have not accepted yet.",
            members,
        )
        said.append(told % {"members": members})
    seen = {
        "hidden": _("Only its members find it from now on."),
        "listed": _("Everybody sees its card, and members read it."),
        "open": _("Every member of the community can read it from now on."),
    }
    if "visibility" in after:
        said.append(seen[after["visibility"]])
    if "door" in after:
        said.append(_("Whoever is in stays in; whoever asks to come in is asked this from now on."))
    if after.get("space") == "professional":
        said.append(_("Members see each other’s real names from now on."))
    return said


def defaults() -> Fields:
    """What a group is where nobody says it: language and clock of the community."""
    row = Community.objects.get(pk=current_community_id())
    return {"language": row.language, "time_zone": row.time_zone}


section(
    Shape(
        "groups",
        group_part,
        keyed=True,
        after=("places", "staff"),
        refers={"place": "places"},
        templates="group_templates",
        needed=("name",),
        lasting=frozenset({"name", "norms", "owner"}),
        filled=frozenset({"theme", "door"}),
        own=frozenset({"keepers"}),
    ),
    title="Groups",
    help="The groups of the community. One that is no longer named is closed, never deleted.",
    permission=OPEN_GROUP.key,
    read=read,
    write=_write,
    words=part_words.groups,
    settled=_settled,
    consequences=_consequences,
    defaults=defaults,
)
