"""Value lines as the guided start tells them: a service, what members see of it, and how often.

What shows that a service is done follows from its rhythm: answers by the share of questions that were answered, all
else by somebody who says every so many days that it was done.
"""

from collections.abc import Collection
from typing import Any

from hearth.blueprint.rules.answers import MOST_LINES, Line, Value
from hearth.blueprint.rules.drafting import Base, text
from hearth.kit.described import Fields, Objects

PART = "value_lines"
QUESTIONS = 10  # a week: a guess for the first weeks, shown where a line promises answers
ANSWERED = {"metric": "questions_answered_24h", "at_least": 0.6}
DAYS = {"day": 1.0, "week": 7.0, "month": 365 / 12}
MOST_DAYS = 92
NAME = 80
SEEN = {"knowledge": "card", "benefit": "offer"}  # what members usually see; else a round


def shown_lines(base: Base, lines: Objects) -> list[Line]:
    """Lines as the screen shows them."""
    return [
        Line.model_validate(
            {"key": key, "force": fields["force"], "service": base.read(fields["service"]), **rhythm(fields)}
        )
        for key, fields in list(lines.items())[:MOST_LINES]
    ]


def rhythm(fields: Fields) -> dict[str, Any]:
    """What members see of a line and how often, from what shows that it is done."""
    days = (fields.get("kept_by") or {}).get("every_days")
    if days is None:
        return {"output": "answer", "times": QUESTIONS, "every": "week"}
    seen = "gathering" if fields["force"] == "social" and days > 7 else SEEN.get(fields["force"], "round")
    if days == 1:
        return {"output": seen, "times": 1, "every": "day"}
    every = "week" if days < 12 else "month"
    return {"output": seen, "times": max(1, round(DAYS[every] / days)), "every": every}


def written_lines(base: Base, before: Objects, value: Value, groups: Collection[str]) -> Objects:
    """The lines as a blueprint tells them, over those ``before``; only of ``groups`` that there are."""
    made: Objects = {}
    for line in value.lines:
        if line.service:
            made[line.key] = _written(base, line, before.get(line.key, {}), groups)
    return made


def _written(base: Base, line: Line, before: Fields, groups: Collection[str]) -> Fields:
    service = text(base, line.service, before.get("service"))
    told = {"output": line.output, "times": line.times, "every": line.every}
    made: Fields = {} if base.stands else dict(before)
    if not before:
        made |= {"name": {base.language: in_short(line.service)}, "force": line.force}
    made["service"] = service
    if not before or rhythm(before) != told:
        made["kept_by"] = _kept_by(line)
    if made.get("groups"):
        made["groups"] = [key for key in made["groups"] if key in groups]
    return made


def _kept_by(line: Line) -> Fields:
    if line.output == "answer":
        return dict(ANSWERED)
    days = round(DAYS[line.every] / line.times) if line.times else 7
    return {"every_days": min(max(1, days), MOST_DAYS)}


def in_short(service: str) -> str:
    """A service in a few words: its first clause, or as much as a name holds."""
    clause = next((service[:n] for n, char in enumerate(service) if char in ":：;；。" and n), service).rstrip(".")
    return clause if len(clause) <= NAME else clause[: NAME - 1].rstrip() + "…"
