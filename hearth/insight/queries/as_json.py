"""A diagnosis as JSON: the stable interface, documented in ``docs/reference/diagnosis.md``."""

from typing import Any

import orjson

from hearth.insight.queries.translate import Translate, say
from hearth.insight.rules.wording import TEMPERATURES
from hearth.insight.types import (
    Change,
    Diagnosis,
    Driver,
    Energy,
    Estimate,
    Evidence,
    GroupDiagnosis,
    Mainstay,
    Reason,
    Rejection,
)
from hearth.kit import clock

VERSION = 1


def diagnosis_json(diagnosis: Diagnosis, translate: Translate = str) -> bytes:
    """The whole diagnosis as indented UTF-8 JSON, ending in a newline."""
    return orjson.dumps(as_dict(diagnosis, translate), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_dict(diagnosis: Diagnosis, translate: Translate = str) -> dict[str, Any]:
    """The same as plain dictionaries."""
    names = {group.id: group.name for group in diagnosis.groups}
    return {
        "version": VERSION,
        "at": _time(diagnosis.at) if diagnosis.at else None,
        "format": diagnosis.format,
        "members": diagnosis.members,
        "messages": diagnosis.messages,
        "seeded": diagnosis.seeded,
        "rejected": diagnosis.rejected,
        "rejections": [_rejection(one) for one in diagnosis.rejections],
        "excluded": dict(diagnosis.excluded),
        "replies": {"basis": diagnosis.reply_basis, "inferred": diagnosis.inferred},
        "next_steps": [
            {
                "code": step.code,
                "text": say(step.text, translate),
                "why": say(step.why, translate),
                "groups": [names[key] for key in step.groups],
            }
            for step in diagnosis.steps
        ],
        "carried_by": [_mainstay(one) for one in diagnosis.mainstays],
        "groups": [_group(group, translate) for group in diagnosis.groups],
    }


def _rejection(one: Rejection) -> dict[str, Any]:
    return {"file": one.file, "line": one.line, "code": one.code, "reason": one.reason}


def _group(group: GroupDiagnosis, translate: Translate) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "members": group.members,
        "messages": group.messages,
        "stage": group.stage.value,
        "temperature": translate(TEMPERATURES[group.stage].word),
        "risk": group.risk,
        "risk_note": group.risk_note,
        "risk_base": group.risk_base,
        "drivers": [_driver(one, translate) for one in group.drivers],
        "energy": None if group.energy is None else _energy(group.energy),
        "measured_until": _time(group.anchor) if group.anchor else None,
        "reasons": [_reason(reason, translate) for reason in group.reasons],
        "changes": [_change(change, translate) for change in group.changes],
        "metrics": dict(group.metrics),
        "notes": dict(group.notes),
        "carried_by": [_mainstay(one) for one in group.mainstays],
        "unanswered": [_evidence(one) for one in group.unanswered],
        "weeks": {
            "messages": group.weeks.messages,
            "seeded": group.weeks.seeded,
            "authors": group.weeks.authors,
        },
    }


def _driver(one: Driver, translate: Translate) -> dict[str, Any]:
    return {
        "tile": one.tile.value,
        "log_odds": one.log_odds,
        "text": say(one.text, translate),
        "play": say(one.play, translate),
    }


def _energy(energy: Energy) -> dict[str, Any]:
    return {
        "level": energy.level,
        "seeds": energy.seeds,
        "days": energy.days,
        "remains": _estimate(energy.remains),
        "dependence": _estimate(energy.dependence),
        "per_seed": _estimate(energy.per_seed),
        "note": energy.note,
    }


def _estimate(one: Estimate | None) -> dict[str, float] | None:
    return None if one is None else {"value": one.value, "low": one.low, "high": one.high}


def _reason(reason: Reason, translate: Translate) -> dict[str, Any]:
    return {
        "code": reason.code.value,
        "text": say(reason.text, translate),
        "play": say(reason.play, translate),
        "numbers": {
            name: round(value, 4) if isinstance(value, float) else value for name, value in reason.numbers.items()
        },
        "evidence": [_evidence(one) for one in reason.evidence],
    }


def _change(change: Change, translate: Translate) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "since": _time(change.since),
        "usual": change.usual,
        "seen": change.seen,
        "score": change.score,
        "loss": change.loss,
        "text": say(change.text, translate),
        "play": say(change.play, translate),
        "evidence": [_evidence(one) for one in change.evidence],
    }


def _mainstay(one: Mainstay) -> dict[str, Any]:
    return {
        "name": one.name,
        "share": one.share,
        "messages": one.messages,
        "answers": one.answers,
        "starts": one.starts,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "message": one.message,
        "channel": one.channel,
        "author": one.author,
        "at": _time(one.at),
        "excerpt": one.excerpt,
    }


def _time(ms: int) -> str:
    return clock.from_ms(ms).isoformat(timespec="seconds").replace("+00:00", "Z")
