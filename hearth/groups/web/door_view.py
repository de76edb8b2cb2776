"""What a door shows to somebody who stands before it, and what they gave it on the page."""

import hashlib
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from hearth.core.permissions import may
from hearth.groups.access import roles_in
from hearth.groups.models import Application, Group, JoinLink
from hearth.groups.queries.doors import judge_door, open_application
from hearth.groups.registry import ADMIT, gate_kinds
from hearth.groups.rules.gate_kinds import quiz_of
from hearth.groups.rules.gates import Condition, Part, Several
from hearth.groups.services.admission import is_at_home
from hearth.groups.services.gates import reason, words_of
from hearth.kit.clock import now
from hearth.people.queries import member_with_id

MOST_GIVEN = 2000


def given_in(request: HttpRequest) -> dict[str, Any]:
    """Condition key → what was given: fields ``gate-KEY``, for a quiz ``gate-KEY-0``, ``gate-KEY-1``, …"""
    given: dict[str, Any] = {}
    for name in sorted(request.POST):
        prefix, _dash, rest = name.partition("-")
        key, _dash, place = rest.partition("-")
        if prefix != "gate" or not key:
            continue
        value = request.POST[name][:MOST_GIVEN]
        if not place:
            given[key] = value
        elif place.isascii() and place.isdigit() and int(place) < 100:
            chosen = given.setdefault(key, [""] * 100)
            if isinstance(chosen, list):
                chosen[int(place)] = value
    return given


def door_view(request: HttpRequest, group: Group, link: JoinLink | None = None) -> dict[str, Any]:
    """What the door asks the reader, how far they are, and whether they may let themselves in all the same."""
    actor = request.actor  # type: ignore[attr-defined]
    member_id = actor.member_id if actor else None
    application = open_application(group.pk, member_id) if member_id else None
    judgement = judge_door(group, member_id or 0, application, link)
    parts = {part.condition.key: part for part in judgement.parts}
    items = [_item(one, parts, application) for one in judgement.step.asks.items] if judgement.step else []
    lets_in = actor is not None and may(actor, ADMIT.key, roles_in(actor, group))
    lacks_badge = not is_at_home(group, member_with_id(member_id))
    shut = lacks_badge and not lets_in
    return {
        "shut": shut,  # a space for professionals, and the reader is none yet
        "answer": "refused" if shut else judgement.answer.value,
        "items": items,
        "any": bool(judgement.step and judgement.step.asks.join == "any" and len(items) > 1),
        "asks": not shut and any(row["input"] for item in items for row in item["rows"]),
        "application": application,
        "waits": bool(application and application.waits_since and judgement.answer == "waits"),
        "overrules": (bool(items) or lacks_badge) and lets_in,
    }


def _item(node: Condition | Several, parts: dict[str, Part], application: Application | None) -> dict[str, Any]:
    if isinstance(node, Condition):
        return {"join": "", "rows": [_row(parts[node.key], application)]}
    conditions = [one for one in node.items if isinstance(one, Condition)]
    return {"join": node.join, "rows": [_row(parts[one.key], application) for one in conditions]}


def _row(part: Part, application: Application | None) -> dict[str, Any]:
    condition, kind = part.condition, gate_kinds.get(part.condition.kind)
    kept = application.answers.get(condition.key, {}) if application else {}
    asks = kind.asks if kind else ""
    answer = part.verdict.answer.value
    wanted = answer == "asks" or (asks == "text" and answer == "waits")
    return {
        "key": condition.key,
        "words": condition.params.get({"text": "question", "tick": "task"}.get(asks, "")) or words_of(condition),
        "answer": answer,
        "reason": reason(part.verdict),
        "input": asks if wanted else "",
        "text": kept.get("text", ""),
        "questions": _quiz(condition) if asks == "quiz" and wanted else [],
    }


def _quiz(condition: Condition) -> list[tuple[int, str, list[str]]]:
    """Questions with their options in an order that tells nothing and stays the same."""

    def order(option: str) -> str:
        return hashlib.sha256(f"{condition.key}{option}".encode()).hexdigest()

    asked = enumerate(quiz_of(condition.params))
    return [(n, question, sorted(options, key=order)) for n, (question, options) in asked]


def given_words(application: Application, conditions: list[Condition]) -> list[tuple[str, str]]:
    """(what was asked, what was given) of a request, for those who decide."""
    told = []
    for condition in conditions:
        kept = application.answers.get(condition.key, {})
        if "text" in kept:
            told.append((words_of(condition), kept["text"]))
        elif "done" in kept:
            told.append((words_of(condition), _("They say that it is done.")))
        elif "tries" in kept:
            best = max(one["percent"] for one in kept["tries"])
            told.append((words_of(condition), _("%(percent)s %% right") % {"percent": best}))
    return told


def hours_waited(application: Application) -> int:
    """For how many whole hours a request has waited."""
    since = application.waits_since or application.asked_at
    return int((now() - since).total_seconds() // 3600)
