"""What a group's door asks: kinds of conditions, a new policy, and the demand that the door be open."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.lists import worded
from hearth.core.permissions import Actor, demand
from hearth.groups.access import roles_in
from hearth.groups.errors import DoorAsks, DoorRefuses, DoorWaits
from hearth.groups.facts import GatesChanged
from hearth.groups.models import GatePolicy, Group
from hearth.groups.queries.doors import policy_of
from hearth.groups.registry import MANAGE_GROUP, fees, gate_kinds, levels
from hearth.groups.rules.gate_kinds import BY_ITSELF, FEE, LEVEL
from hearth.groups.rules.gates import Answer, Condition, GateFault, Judgement, Verdict, parsed, plain, stored

for _kind in (*BY_ITSELF, replace(LEVEL, is_there=lambda: bool(levels)), replace(FEE, is_there=lambda: bool(fees))):
    gate_kinds.register(_kind.key, _kind)


@transaction.atomic
def change_gates(actor: Actor, group: Group, steps: Any, *, why: str = "") -> GatePolicy:
    """Set what the door asks (plain data, see ``rules.gates``); unchanged steps stay the version they are.

    Answers given to conditions that stay count on. Raises NotAllowed, Refusal with the reason.
    """
    demand(actor, MANAGE_GROUP.key, roles_in(actor, group))
    try:
        asked = plain(parsed(steps, dict(gate_kinds.items())))
    except GateFault as fault:
        raise Refusal(fault.sentence, field=fault.about or None, **fault.params) from None
    Group.objects.select_for_update().get(pk=group.pk)  # one version at a time
    newest = policy_of(group.pk)
    if newest is not None and newest.steps == asked:
        return newest
    version = newest.version + 1 if newest else 1
    row = GatePolicy.objects.create(group=group, version=version, steps=asked, by=actor.ref, why=why.strip()[:300])
    told = GatesChanged(group=group.pk, version=version, steps=len(asked))
    emit(told, actor=actor, subject=f"group:{group.pk}")
    before, after = {"steps": _lines(newest.steps if newest else [])}, {"steps": _lines(asked)}
    audit.record(actor, "gates_changed", f"group:{group.pk}", before=before, after=after, why=why)
    return row


def _lines(steps: Any) -> list[str]:
    """A line for each step, for the audit log: words that people wrote stay in the policy."""
    return [
        f"{step.start}: {f' {step.asks.join} '.join(one.kind for one in step.conditions()) or '-'}"
        for step in stored(steps)
    ]


def reason(verdict: Verdict) -> str:
    """A verdict's reason in the reader's language."""
    return gettext(verdict.sentence) % worded(verdict.params) if verdict.sentence else ""


def words_of(condition: Condition) -> str:
    """A condition in one sentence."""
    kind = gate_kinds.get(condition.kind)
    if kind is None:
        return condition.kind
    sentence, params = kind.words(condition.params)
    return gettext(sentence) % worded(params)


def demand_open(judgement: Judgement) -> None:
    """Raise DoorAsks, DoorWaits or DoorRefuses unless the door is open to them."""
    if judgement.answer == Answer.REFUSED:
        refused = judgement.with_answer(Answer.REFUSED)
        raise DoorRefuses(why=reason(refused[0].verdict))
    if judgement.answer == Answer.ASKS:
        raise DoorAsks()
    if judgement.answer == Answer.WAITS:
        raise DoorWaits()
