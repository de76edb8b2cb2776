"""Answers written as the parts of a blueprint, over what they began from.

A screen that was left out writes nothing, so the part is left alone. A text that was left as it came keeps its other
languages; one that was changed is written in the language of the draft. In a community that stands the other languages
stay beside it; of a ready-made blueprint they go, for they tell of somebody else's community.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.blueprint.rules.answers import (
    HOSTING,
    MOST_GROUPS,
    NUMBERS,
    Answers,
    Audience,
    Door,
    Doors,
    Hand,
    Purpose,
    Room,
    Team,
    lines_of,
)
from hearth.kit.described import Fields, Objects

Texts = Mapping[str, str]
NEVER_TAKEN = ("place", "owner", "keepers")  # of a ready-made group: they are somebody else's
ALL_ALIKE = ("space", "norms", "welcome")  # one answer for all groups that had the same before
FIRST_CAPACITY = 200  # about as many as can know each other
ASKED: Mapping[str, Fields] = {
    "keeper": {"kind": "approval", "by": "keeper"},
    "verified": {"kind": "segment", "verified": True},
    "invitation": {"kind": "invitation", "by": "member"},
}
ANSWER_HOURS = "conversation.answer_hours"


@dataclass(frozen=True, slots=True)
class Base:
    """What a draft begins from: the parts of a ready-made blueprint, of the community that stands, or of none.

    ``community`` is always the one that stands: its key, names and language.
    """

    language: str
    community: Fields
    parts: Mapping[str, Objects] = field(default_factory=dict)
    stands: bool = False

    def one(self, part: str) -> Fields:
        """A part that is one object."""
        return self.parts.get(part, {}).get("", {})

    def rooms(self) -> Objects:
        """The first groups, by key."""
        return dict(list(self.parts.get("groups", {}).items())[:MOST_GROUPS])

    def read(self, texts: Any) -> str:
        """A text as the screens show it: in the draft's language, else in the nearest one that has it."""
        return nearest(texts or {}, self.language)

    def alike(self, what: str) -> Any:
        """What most groups have in one field; None where there are none."""
        seen = [_hashable(room.get(what)) for room in self.rooms().values() if room.get(what)]
        return dict(found) if isinstance(found := _most(seen), tuple) else found


def nearest(texts: Texts, language: str) -> str:
    """The text in a language, else in another Chinese for Chinese, else in any."""
    near = {"zh-hant": ("zh-hans", "en"), "zh-hans": ("zh-hant", "en")}.get(language, ("zh-hans", "zh-hant"))
    return next((texts[code] for code in (language, *near) if texts.get(code)), "")


def _hashable(value: Any) -> Any:
    return tuple(value.items()) if isinstance(value, Mapping) else value


def _most(seen: list[Any]) -> Any:
    return Counter(seen).most_common(1)[0][0] if seen else None


# What the screens show before anybody told anything.


def shown_purpose(base: Base) -> Purpose:
    """Charter and goals as they stand."""
    charter, goals = base.one("charter"), base.parts.get("goals", {})
    texts = {name: base.read(charter.get(name)) for name in ("purpose", "private_purpose", "goals")}
    numbers = {key: round(100 * goals[key]["value"]) for key in NUMBERS if key in goals}
    kept: Fields = {key: charter[key] for key in ("type", "serves_link") if key in charter}
    return Purpose.model_validate(
        {"name": base.read(base.community["name"]), "numbers": _percents(numbers), **kept, **texts}
    )


def _percents(numbers: Mapping[str, int]) -> dict[str, int]:
    return {key: number for key, number in numbers.items() if 0 <= number <= 100}


def shown_audience(base: Base) -> Audience:
    """Audience and groups as they stand."""
    rooms = [
        Room(key=key, name=base.read(room.get("name")), function=base.read(room.get("function")))
        for key, room in base.rooms().items()
    ]
    return Audience(audience=base.read(base.one("charter").get("audience")), rooms=rooms)


def shown_doors(base: Base, audience: Audience | None) -> Doors:
    """The doors of the groups that were named, or that stand; new ones are listed and take two hundred."""
    there = base.rooms()
    keys = [room.key for room in audience.rooms] if audience else list(there)
    rooms = [
        Door(
            key=key,
            visibility=there.get(key, {}).get("visibility", "listed"),
            capacity=there.get(key, {}).get("capacity", None if base.stands and key in there else FIRST_CAPACITY),
        )
        for key in keys
    ]
    return Doors(
        space=base.alike("space") or "general",
        norms=base.read(base.alike("norms")),
        welcome=base.read(base.alike("welcome")),
        rooms=rooms,
    )


def shown_team(base: Base, hands: Iterable[Hand]) -> Team:
    """Who could do what, and the answering time that stands."""
    return Team(hands=list(hands), answer_hours=base.one("settings").get(ANSWER_HOURS))


# What the answers write.


def parts(base: Base, told: Answers, duties: Objects) -> dict[str, Objects]:
    """Every part that the answers name, in the shape of the file; ``duties`` are those of the roles, by key."""
    made: dict[str, Objects] = {"community": {"": _community(base, told.purpose)}}
    charter = _charter(base, told)
    if charter:
        made["charter"] = {"": charter}
    keyed = {"groups": _groups(base, told), "duties": _duties(base, told.team, duties)}
    made |= {part: objects for part, objects in keyed.items() if objects}
    if told.purpose and told.purpose.numbers:
        made["goals"] = {key: _goal(base, key, number) for key, number in told.purpose.numbers.items()}
    if told.team:
        settings = {} if base.stands else dict(base.one("settings"))
        settings |= {ANSWER_HOURS: told.team.answer_hours} if told.team.answer_hours else {}
        made |= {"settings": {"": settings}} if settings else {}
    return made


def text(base: Base, said: str, before: Any) -> dict[str, str]:
    """A text as it is written: as it was where it was left as it came."""
    was: dict[str, str] = dict(before or {})
    if said == lines_of(base.read(was)):
        return was
    if not said:
        return {}
    return {**(was if base.stands else {}), base.language: said}


def _community(base: Base, told: Purpose | None) -> Fields:
    here = {key: base.community[key] for key in ("key", "language")}
    if told is None or not told.name or told.name == base.read(base.community["name"]):
        return here
    return {**here, "name": {**base.community["name"], base.language: told.name}}


def _charter(base: Base, told: Answers) -> Fields:
    before, made = base.one("charter"), Fields()
    if told.purpose:
        made |= {"type": told.purpose.type, "serves_link": told.purpose.serves_link}
        for name in ("purpose", "private_purpose", "goals"):
            made[name] = text(base, getattr(told.purpose, name), before.get(name))
    if told.audience:
        made["audience"] = text(base, told.audience.audience, before.get("audience"))
    if told.value:
        made["values"] = text(base, told.value.values, before.get("values"))
    return made if base.stands else {key: value for key, value in made.items() if value}


def _goal(base: Base, key: str, number: int) -> Fields:
    """At the percentage; one that stands keeps the rest of it, and its finer value where nobody changed it."""
    before = base.parts.get("goals", {}).get(key, {})
    value = number / 100
    if before and round(100 * before["value"]) == number:
        value = before["value"]
    return {**before, "value": value}


def _groups(base: Base, told: Answers) -> Objects:
    rooms = told.audience.rooms if told.audience else None
    if rooms is None and told.doors:
        rooms = shown_audience(base).rooms  # the screen of the doors named them
    made: Objects = {}
    for room in rooms or []:
        made[room.key] = _group(base, room, told)
    if told.team:
        _give_keepers(base, made, told.team)
    return made


def _group(base: Base, room: Room, told: Answers) -> Fields:
    before = base.rooms().get(room.key, {})
    made = {} if base.stands else {name: value for name, value in before.items() if name not in NEVER_TAKEN}
    if told.audience:
        made["name"] = text(base, room.name, before.get("name"))
        made["function"] = text(base, room.function, before.get("function"))
    if told.doors:
        door = next((one for one in told.doors.rooms if one.key == room.key), None)
        made |= {"visibility": door.visibility, "capacity": door.capacity} if door else {}
        made |= {"door": _door(told.doors)} if told.doors.asks else {}
        made |= {name: _alike(base, told.doors, name) for name in ALL_ALIKE if _follows(base, before, name)}
        if not base.stands and made["space"] != before.get("space"):
            made.pop("name_rule", None)  # it was made for the other way of showing names
    kept = base.stands and bool(before)
    return made if kept else {name: value for name, value in made.items() if value not in ({}, "", None)}


def _door(doors: Doors) -> list[Fields]:
    """One step, from so many members on; before that everybody comes in."""
    asked = ASKED.get(doors.asks)
    return [{"from": doors.raised_at, "conditions": [asked]}] if asked else []


def _follows(base: Base, before: Fields, name: str) -> bool:
    """Whether a group takes the common answer: it is new, or had the common one before."""
    if not before or (not base.stands and not before.get(name)):
        return True
    return bool((before.get(name) or None) == base.alike(name))


def _alike(base: Base, doors: Doors, name: str) -> Any:
    said = getattr(doors, name)
    return said if name == "space" else text(base, said, base.alike(name))


def _give_keepers(base: Base, groups: Objects, team: Team) -> None:
    hosts = {hand.email for hand in team.hands if hand.email and HOSTING in hand.makes}
    for key, group in groups.items():
        before = base.rooms().get(key, {}) if base.stands else {}
        keepers = {*before.get("keepers", ()), *hosts} - {before.get("owner")}
        if keepers:
            group["keepers"] = sorted(keepers)


def _duties(base: Base, team: Team | None, roles: Objects) -> Objects:
    if team is None:
        return {}
    ready_made = {} if base.stands else {key: {**duty} for key, duty in base.parts.get("duties", {}).items()}
    taken = {hand.role for hand in team.hands if hand.hours or hand.email}
    standing = base.parts.get("duties", {}) if base.stands else {}
    return ready_made | {key: duty for key, duty in roles.items() if key in taken and key not in standing}
