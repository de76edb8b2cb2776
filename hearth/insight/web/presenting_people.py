"""Portraits in the reader's words, ready for templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext as _

from hearth.core.routing import link
from hearth.insight.models import MemberPortrait
from hearth.insight.queries.numbers import percent
from hearth.insight.queries.people import NextKeeper
from hearth.insight.rules.people.wording import FAN_SIGNS, HELP, KINDS, LEADER_PARTS, PHASES, SIGNS, TIERS, Word


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody is known as, and why."""

    word: str
    meaning: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody they have to do with, and how."""

    member_id: int
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class PortraitView:
    """A member's portrait in words. ``comes``: None where the reader may not see it, "" where it cannot be told."""

    row: MemberPortrait
    kind: Word
    tier: Word
    phase: Word
    comes: str | None
    known: tuple[Known, ...]
    helping: tuple[tuple[str, int, int, str], ...]
    numbers: tuple[tuple[str, str, str], ...]
    ties: tuple[Other, ...]
    helped: tuple[Other, ...]


def portrait_view(row: MemberPortrait, names: Mapping[int, str], *, outlook: bool) -> PortraitView:
    """The portrait for one reader; ``outlook``: whether they may see if the member may be leaving."""
    parts = row.parts
    return PortraitView(
        row=row,
        kind=_word(KINDS, row.kind),
        tier=_word(TIERS, row.tier),
        phase=_word(PHASES, row.phase),
        comes=None if not outlook else "" if row.comes is None else percent(row.comes),
        known=tuple(_known(row)),
        helping=tuple(
            (gettext(title), parts[key], parts[key] * points, gettext(meaning))
            for key, (title, points, meaning) in HELP.items()
            if parts.get(key)
        ),
        numbers=tuple(_numbers(parts)),
        ties=tuple(
            Other(int(pk), names[int(pk)], _("%(to)s given, %(back)s back") % {"to": given, "back": back})
            for pk, given, back in parts.get("tied_with", ())
            if int(pk) in names
        ),
        helped=tuple(
            Other(int(pk), names[int(pk)], _("%(n)s×") % {"n": times})
            for pk, times in parts.get("helped", ())
            if int(pk) in names
        ),
    )


def _word(words: Mapping[str, Word], code: str) -> Word:
    found = words.get(code)
    return Word(code, "") if found is None else Word(gettext(found.word), gettext(found.meaning))


def _known(row: MemberPortrait) -> list[Known]:
    parts = row.parts
    reasons = {
        "unanswered": (row.unanswered_id is not None, ()),
        "leader": (row.is_leader, _leader_reasons(row)),
        "fan": (
            row.is_fan,
            tuple(gettext(FAN_SIGNS[sign]) for sign in parts.get("fan_signs", ()) if sign in FAN_SIGNS),
        ),
        "bridge": (row.is_bridge, _bridge_reasons(parts)),
        "seed": (row.is_seed, ()),
    }
    return [
        Known(gettext(SIGNS[sign].word), gettext(SIGNS[sign].meaning), why)
        for sign, (holds, why) in reasons.items()
        if holds
    ]


def _leader_reasons(row: MemberPortrait) -> tuple[str, ...]:
    told = [
        gettext(LEADER_PARTS[name]).format(percent=f"{min(99, int(100 * value))} %")
        for name, value in row.parts.get("leader_parts", {}).items()
        if name in LEADER_PARTS
    ]
    told.append(_("Different people who answered or reacted: %(n)s") % {"n": row.parts.get("endorsers", 0)})
    return (*told, _("Active weeks of the last 26: %(n)s") % {"n": row.weeks})


def _bridge_reasons(parts: Mapping[str, Any]) -> tuple[str, ...]:
    told = [
        _("Shortest ways between two others that lead through them: %(share)s") % {"share": _fine(parts["between"])},
        _("Groups they wrote in: %(n)s") % {"n": parts["groups"]},
    ]
    if parts.get("constraint") is not None:
        told.append(
            _("Burt's constraint: %(value)s (near 0, their contacts do not know one another)")
            % {"value": f"{parts['constraint']:.2f}"}
        )
    return tuple(told)


def _fine(share: float) -> str:
    return f"{100 * share:.1f} %"


def _numbers(parts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    listed = [
        (_("Messages"), parts["messages"], _("In the last 91 days.")),
        (_("Conversations opened"), parts["starts"], _("In the last 91 days.")),
        (_("Questions"), parts["asks"], _("In the last 91 days.")),
        (_("First answers"), parts["answers"], _("To questions of others, in the last 91 days.")),
        (_("Reactions"), parts["reactions"], _("Given, in the last 91 days.")),
        (_("Days reading"), parts["reading_days"], _("Days on which they were seen in a room, in the last 91 days.")),
        (_("Ties"), parts["ties"], _("People with whom they exchanged replies in the last 91 days.")),
        (_("Mutual ties"), parts["mutual_ties"], _("Ties on which replies go both ways.")),
        (_("Weak ties"), parts["weak_ties"], _("Ties to people with whom they share no other contact.")),
        (_("Core"), parts["core"], _("The largest k for which they keep k ties among people who all do (k-core).")),
    ]
    return [(title, str(value), meaning) for title, value, meaning in listed if value]


@dataclass(frozen=True, slots=True)
class KeeperView:
    """Somebody who could tend the group next."""

    name: str
    member_id: int
    url: str
    why: tuple[str, ...]


def keeper_view(one: NextKeeper) -> KeeperView:
    """Why somebody could tend a group."""
    why = one.why
    told = [
        _("Active weeks of the last 26: %(n)s") % {"n": why.weeks},
        _("First answers: %(n)s") % {"n": why.answers} if why.answers else "",
        _("Different people they talk with: %(n)s") % {"n": why.ties} if why.ties else "",
        _("Accepted answers: %(n)s") % {"n": why.accepted} if why.accepted else "",
        _("Verified") if why.verified else "",
    ]
    return KeeperView(one.name, one.member_id, link("console:member", one.member_id), tuple(t for t in told if t))
