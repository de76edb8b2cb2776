"""What is done by turns, and the roster."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from hearth.core.permissions import Actor
from hearth.core.sections import Notes, nobody_leaves, section
from hearth.groups.blueprint import words as part_words
from hearth.groups.blueprint.staff import nobody_knows
from hearth.groups.queries.duties import OnDuty, rosters
from hearth.groups.registry import PLAN_DUTIES
from hearth.groups.services import remove_duty, set_duty
from hearth.groups.types import Turn
from hearth.kit.described import Change, Clock, Fields, Objects, Part, Person, Shape, words
from hearth.people.queries import emails_of, members_by_email

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _days(days: list[str]) -> list[str]:
    return [day for day in DAYS if day in days]


class TurnPart(Part):
    """Somebody's hours on some days of every week."""

    who: Person = Field(description="The address with which they sign in.")
    days: Annotated[list[Day], Field(min_length=1), AfterValidator(_days)] = Field(description="On which days.")
    since: Clock = Field(description="When it begins, on the community's clock.")
    until: Clock = Field(description="When it ends; not later than the beginning means on the next day.")


def _gathered(turns: list[TurnPart]) -> list[TurnPart]:
    """One entry for each person and hours, by the first day."""
    days: dict[tuple[str, str, str], list[str]] = {}
    for one in turns:
        days.setdefault((one.who, one.since, one.until), []).extend(one.days)
    made = [_turn(who, told, since, until) for (who, since, until), told in days.items()]
    return sorted(made, key=lambda one: (DAYS.index(one.days[0]), one.since, one.until, one.who))


def _turn(who: str, days: list[str], since: str, until: str) -> TurnPart:
    return TurnPart.model_validate({"who": who, "days": days, "since": since, "until": until})


class DutyPart(Part):
    """Work that somebody has to be on for."""

    name: words(80, one=True, needed=True) = Field({}, description="What it is called.")  # type: ignore[valid-type]
    task: words(2000) = Field({}, description="What it consists of.")  # type: ignore[valid-type]
    turns: Annotated[list[TurnPart], AfterValidator(_gathered), Field(max_length=100)] = Field(
        [], description="The roster: who is on duty, on which days and hours."
    )


def read() -> Objects:
    """Every duty with its roster; turns of people who never sign in are not told."""
    told = rosters()
    emails = emails_of({turn.member_id for _duty, turns in told for turn in turns})
    return {duty.key: {"name": duty.name, "task": duty.task, "turns": _told(turns, emails)} for duty, turns in told}


def _told(turns: list[OnDuty], emails: dict[int, str]) -> list[Fields]:
    parts = [
        _turn(emails[turn.member_id], [DAYS[turn.weekday]], _clock(turn.since), _clock(turn.until))
        for turn in turns
        if turn.member_id in emails
    ]
    return [one.model_dump(mode="json") for one in _gathered(parts)]


def _clock(told: time) -> str:
    return f"{told:%H:%M}"


def _settled(objects: Objects) -> tuple[Objects, list[str]]:
    """Without strangers; where a roster names one, nobody whom it does not name leaves it."""
    named = {turn["who"] for fields in objects.values() for turn in fields.get("turns", ())}
    known = members_by_email(named)
    here = {key: _without_strangers(fields, known) for key, fields in objects.items()}
    doubtful = [key for key, fields in here.items() if fields.get("turns") != objects[key].get("turns")]
    there = read() if doubtful else {}
    notes: Notes = [nobody_knows(email) for email in sorted(named - set(known))]
    for key in doubtful:
        said = {turn["who"] for turn in here[key]["turns"]}
        staying = [turn for turn in there.get(key, {}).get("turns", ()) if turn["who"] not in said]
        here[key]["turns"] = _ordered([*here[key]["turns"], *staying])
        notes += [nobody_leaves(key)] if staying else []
    return here, notes


def _ordered(turns: list[Fields]) -> list[Fields]:
    return [one.model_dump(mode="json") for one in _gathered([TurnPart.model_validate(turn) for turn in turns])]


def _without_strangers(fields: Fields, known: dict[str, Any]) -> Fields:
    if "turns" not in fields:
        return fields
    return fields | {"turns": [turn for turn in fields["turns"] if turn["who"] in known]}


def _write(actor: Actor, change: Change) -> None:
    if change.kind == "remove":
        remove_duty(actor, change.key)
        return
    fields = {**change.after}
    if "turns" in fields:
        fields["turns"] = _turns(fields["turns"])
    set_duty(actor, change.key, **fields)


def _turns(told: list[Fields]) -> list[Turn]:
    known = members_by_email([turn["who"] for turn in told])
    return [
        Turn(
            known[turn["who"]].pk, DAYS.index(day), time.fromisoformat(turn["since"]), time.fromisoformat(turn["until"])
        )
        for turn in told
        if turn["who"] in known
        for day in turn["days"]
    ]


section(
    Shape("duties", lambda: DutyPart, keyed=True, after=("staff",), needed=("name",), lasting=frozenset({"name"})),
    title="Duties",
    help="What is done by turns, and whose turn it is on which day.",
    permission=PLAN_DUTIES.key,
    read=read,
    write=_write,
    words=part_words.duties,
    settled=_settled,
)
