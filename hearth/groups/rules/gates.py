"""Doors of groups: conditions composed into steps, the step in force by size, and what a door says to somebody.

A *policy* is a tuple of steps; the step with the greatest ``start`` that is not above the number of members is in
force, so a door rises with its group and nobody types in which step holds. A step joins its conditions by *all* or
*any*; one of its items may be such a list again, one level deep.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

MOST_STEPS, MOST_CONDITIONS = 10, 20
JOINS = ("all", "any")


def gettext_noop(message: str) -> str:
    """Mark a string for the translation catalogue."""
    return message


class GateFault(ValueError):
    """A policy that does not hold together: an English sentence with %(named)s params, and the field it is about."""

    def __init__(self, sentence: str, about: str = "", **params: Any) -> None:
        super().__init__(sentence % params if params else sentence)
        self.sentence, self.about, self.params = sentence, about, params


class Answer(StrEnum):
    """What a door answers, from the best to the worst."""

    PASSED = "passed"
    WAITS = "waits"  # somebody who tends the group must decide
    ASKS = "asks"  # the member must do something
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition's answer with its reason: an English sentence with %(named)s params."""

    answer: Answer
    sentence: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


PASSED = Verdict(Answer.PASSED)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whom a door sees. ``level`` and ``paid`` are None while nothing in the house tells them."""

    pk: int = 0
    kind: str = ""
    department: str = ""
    hospital: str = ""
    city: str = ""
    verified: bool = False
    tags: frozenset[str] = frozenset()
    level: int | None = None
    paid: bool | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody before a door at a moment: what they gave, who invited them, who has decided for them.

    ``answers``: condition key → what was given. ``invited_as``: the highest role in the group of whoever invited them,
    "" without an invitation. ``approved_by``: "", "keeper" or "staff".
    """

    member: Applicant
    group: int
    moment: datetime
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    invited_as: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a condition. ``kind``: text, lines (a list of strings), number, choice or flag.

    Title, help and the words of choices are message ids.
    """

    name: str
    title: str
    kind: str = "text"
    default: Any = ""
    help: str = ""
    required: bool = False
    low: int = 0
    high: int = 1000
    choices: tuple[tuple[str, str], ...] = ()


Params = Mapping[str, Any]


def nothing_to_check(_params: Params) -> None:
    """For kinds whose fields say all that must hold."""


def takes_nothing(_params: Params, _given: Any, _before: Mapping[str, Any], _moment: datetime) -> dict[str, Any] | None:
    """For kinds that ask the member for nothing on the page."""
    return None


@dataclass(frozen=True, slots=True)
class GateKind:
    """A kind of condition.

    ``words`` (params) tells it in one sentence with its params; ``judge`` (params, case) answers. ``check`` raises
    GateFault for parameters that do not fit together. ``take`` (params, given, before, moment) turns what a member gave
    on the page into what is kept, None for nothing given. ``asks`` names the input on the page: "text", "tick", "quiz"
    or "". ``waits_for``: the module that must be there; the kind cannot be chosen before ``is_there``.
    """

    key: str
    title: str
    fields: tuple[Field, ...]
    words: Callable[[Params], tuple[str, Mapping[str, Any]]]
    judge: Callable[[Params, Case], Verdict]
    check: Callable[[Params], None] = nothing_to_check
    take: Callable[[Params, Any, Mapping[str, Any], datetime], dict[str, Any] | None] = takes_nothing
    asks: str = ""
    waits_for: str = ""
    is_there: Callable[[], bool] = lambda: True


Kinds = Mapping[str, GateKind]


@dataclass(frozen=True, slots=True)
class Condition:
    """A kind with its parameters. ``key`` stays the same for as long as they do, so answers outlive other changes."""

    kind: str
    params: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits of SHA-256 over kind and parameters."""
        told = json.dumps([self.kind, self.params], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Several:
    """Conditions of which all or any must pass."""

    join: str
    items: tuple["Condition | Several", ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What a door asks from ``start`` members on."""

    start: int
    asks: Several

    def conditions(self) -> list[Condition]:
        """Every condition, nested ones too, each once, in order."""
        return list({one.key: one for one in _flat(self.asks)}.values())


def _flat(node: Condition | Several) -> Iterable[Condition]:
    if isinstance(node, Condition):
        yield node
    else:
        for item in node.items:
            yield from _flat(item)


@dataclass(frozen=True, slots=True)
class Part:
    """One condition beside what it answered."""

    condition: Condition
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a door answers in all, with each condition's reason. ``step`` is None for a door that asks nothing."""

    answer: Answer
    step: Step | None = None
    parts: tuple[Part, ...] = ()

    def with_answer(self, answer: Answer) -> list[Part]:
        """The conditions that answered so."""
        return [part for part in self.parts if part.verdict.answer == answer]


def step_in_force(steps: Iterable[Step], member_count: int) -> Step | None:
    """The step that holds for a group of so many members; None where the door asks nothing yet."""
    reached = [step for step in steps if step.start <= member_count]
    return max(reached, key=lambda step: step.start, default=None)


def judge(step: Step | None, case: Case, kinds: Kinds) -> Judgement:
    """What the door answers. *All*: the worst of its parts; *any*: the best of them."""
    if step is None or not step.asks.items:
        return Judgement(Answer.PASSED, step)
    parts: dict[str, Part] = {}
    answer = _judged(step.asks, case, kinds, parts)
    return Judgement(answer, step, tuple(parts.values()))


_ORDER = list(Answer)


def _judged(node: Condition | Several, case: Case, kinds: Kinds, parts: dict[str, Part]) -> Answer:
    if isinstance(node, Several):
        answers = [_judged(item, case, kinds, parts) for item in node.items]
        choose = max if node.join == "all" else min
        return choose(answers, key=_ORDER.index, default=Answer.PASSED)
    kind = kinds.get(node.kind)
    if kind is None:  # a module that was there when the door was set is gone: shut is the safe side
        verdict = Verdict(Answer.REFUSED, gettext_noop("This cannot be checked at present. Ask the keepers."))
    else:
        verdict = kind.judge(node.params, case)
    parts[node.key] = Part(node, verdict)
    return verdict.answer


def parsed(raw: Any, kinds: Kinds) -> tuple[Step, ...]:
    """Steps from plain data (JSON), by their start. Raises GateFault with a plain reason."""
    if not isinstance(raw, list) or len(raw) > MOST_STEPS:
        raise GateFault(gettext_noop("A door has at most %(most)s steps."), most=MOST_STEPS)
    steps = sorted((_step(one, kinds) for one in raw), key=lambda step: step.start)
    if len({step.start for step in steps}) != len(steps):
        raise GateFault(gettext_noop("Two steps begin at the same number of members."), "from")
    return tuple(steps)


def _step(raw: Any, kinds: Kinds) -> Step:
    if not isinstance(raw, dict):
        raise GateFault(gettext_noop("A step says from how many members it holds and what it asks."))
    _known(raw, ("from", "join", "conditions"))
    start = raw.get("from", 0)
    if not _is_number(start) or not 0 <= start <= 100_000:
        raise GateFault(gettext_noop("Give a number from %(low)s to %(high)s."), "from", low=0, high=100_000)
    asks = _several(raw, kinds, nested=False)
    step = Step(start, asks)
    if len(step.conditions()) > MOST_CONDITIONS:
        raise GateFault(gettext_noop("A step asks at most %(most)s things."), most=MOST_CONDITIONS)
    return step


def _several(raw: Mapping[str, Any], kinds: Kinds, *, nested: bool) -> Several:
    join, items = raw.get("join", "all"), raw.get("conditions", [])
    if join not in JOINS or not isinstance(items, list):
        raise GateFault(gettext_noop("Say whether all or any of the conditions must pass."), "join")
    return Several(join, tuple(_item(item, kinds, nested=nested) for item in items))


def _item(raw: Any, kinds: Kinds, *, nested: bool) -> Condition | Several:
    if not isinstance(raw, dict):
        raise GateFault(gettext_noop("A condition says its kind and what belongs to it."), "kind")
    if "conditions" in raw:
        if nested:
            raise GateFault(gettext_noop("Conditions nest one level deep."), "conditions")
        _known(raw, ("join", "conditions"))
        if not raw["conditions"]:
            raise GateFault(gettext_noop("A list of alternatives is empty."), "conditions")
        return _several(raw, kinds, nested=True)
    kind = kinds.get(str(raw.get("kind", "")))
    if kind is None:
        raise _unknown(str(raw.get("kind", "")), list(kinds))
    return Condition(kind.key, params_of(kind, {name: value for name, value in raw.items() if name != "kind"}))


def params_of(kind: GateKind, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters checked and trimmed, with defaults left out. Raises GateFault."""
    if not kind.is_there():
        raise GateFault(
            gettext_noop("This waits for “%(module)s”, which is not there yet."), "kind", module=kind.waits_for
        )
    _known(raw, [one.name for one in kind.fields])
    cleaned = {one.name: _value(one, raw.get(one.name, one.default)) for one in kind.fields}
    for one in kind.fields:
        if one.required and cleaned[one.name] in ("", []):
            raise GateFault(gettext_noop("Fill this in."), one.name)
    kind.check(cleaned)
    return cleaned


def _value(one: Field, raw: Any) -> Any:
    if one.kind == "number":
        if not _is_number(raw) or not one.low <= raw <= one.high:
            raise GateFault(
                gettext_noop("Give a number from %(low)s to %(high)s."), one.name, low=one.low, high=one.high
            )
        return raw
    if one.kind == "choice":
        if raw not in [value for value, _words in one.choices]:
            raise GateFault(gettext_noop("Choose one of the values offered."), one.name)
        return raw
    if one.kind == "flag":
        return bool(raw)
    if one.kind == "lines":
        return _lines(one, raw)
    if not isinstance(raw, str) or len(raw) > one.high:
        raise GateFault(gettext_noop("This is too long: at most %(most)s characters."), one.name, most=one.high)
    return raw.strip()


def _lines(one: Field, raw: Any) -> list[str]:
    rows = raw.splitlines() if isinstance(raw, str) else raw
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise GateFault(gettext_noop("Write one to a line."), one.name)
    kept = [row.strip() for row in rows if row.strip()]
    if len(kept) > 100 or any(len(row) > one.high for row in kept):
        raise GateFault(gettext_noop("At most 100 lines of %(most)s characters."), one.name, most=one.high)
    return kept


def _is_number(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool)


def _known(raw: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in raw:
        if name not in names:
            raise _unknown(str(name), list(names))


def _unknown(name: str, names: list[str]) -> GateFault:
    near = get_close_matches(name, names, 1)
    if near:
        return GateFault(
            gettext_noop("“%(name)s” is unknown; did you mean “%(near)s”?"), "kind", name=name[:40], near=near[0]
        )
    return GateFault(gettext_noop("“%(name)s” is unknown here."), "kind", name=name[:40])


def plain(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps as plain data: what ``parsed`` reads."""
    return [{"from": step.start, **_plain(step.asks)} for step in steps]


def _plain(node: Condition | Several) -> dict[str, Any]:
    if isinstance(node, Condition):
        return {"kind": node.kind, **node.params}
    return {"join": node.join, "conditions": [_plain(item) for item in node.items]}


def stored(raw: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Steps as they were kept, taken at their word: a kind that has gone since is judged as such."""
    return tuple(Step(one["from"], _read(one)) for one in raw)  # type: ignore[arg-type]


def _read(raw: Mapping[str, Any]) -> Condition | Several:
    if "conditions" in raw:
        return Several(raw["join"], tuple(_read(item) for item in raw["conditions"]))
    return Condition(raw["kind"], {name: value for name, value in raw.items() if name != "kind"})


def given_to(
    step: Step | None, kinds: Kinds, given: Mapping[str, Any], before: Mapping[str, Any], moment: datetime
) -> dict[str, Any]:
    """What a member gave on the page, put to what is kept. Keys of no condition of the step are ignored."""
    kept = dict(before)
    for condition in step.conditions() if step else []:
        kind = kinds.get(condition.kind)
        if kind is not None and condition.key in given:
            taken = kind.take(condition.params, given[condition.key], kept.get(condition.key, {}), moment)
            if taken is not None:
                kept[condition.key] = taken
    return kept


def tries_kept(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What goes over from one application into the next: tries count however often one asks."""
    return {key: kept for key, kept in answers.items() if "tries" in kept}
