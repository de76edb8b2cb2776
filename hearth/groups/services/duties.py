"""Duties and their roster."""

from collections.abc import Collection

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.groups.facts import DutyRemoved, DutySet
from hearth.groups.models import Duty, DutyTurn
from hearth.groups.registry import PLAN_DUTIES
from hearth.groups.rules.keys import is_key
from hearth.groups.services.texts import LocalInput, local
from hearth.groups.types import Turn

MOST_TURNS = 500


@transaction.atomic
def set_duty(
    actor: Actor,
    key: str,
    *,
    name: LocalInput | None = None,
    task: LocalInput | None = None,
    turns: Collection[Turn] | None = None,
    why: str = "",
) -> Duty:
    """Describe a duty, and write its whole roster anew; what is None stays. A key nobody knows makes a new duty.

    Raises NotAllowed, Refusal.
    """
    demand(actor, PLAN_DUTIES.key)
    if not is_key(key, 60):
        raise Refusal("Use small letters, digits and hyphens for the short name.", field="key")
    language = Community.objects.values_list("language", flat=True).get(pk=actor.community_id)
    duty = Duty.objects.select_for_update().filter(key=key).first() or Duty(key=key)
    if name is not None:
        duty.name = local(name, language, most=80, field="name")
    if task is not None:
        duty.task = local(task, language, most=2000, field="task")
    if not duty.name:
        raise Refusal("Give the duty a name.", field="name")
    duty.save()
    if turns is not None:
        _write_roster(duty, turns)
    count = duty.turns.count()
    emit(DutySet(duty=duty.pk, turns=count), actor=actor, subject=f"duty:{duty.pk}")
    audit.record(actor, "duty_set", f"duty:{duty.pk}", after={"key": key, "turns": count}, why=why)
    return duty


def _write_roster(duty: Duty, turns: Collection[Turn]) -> None:
    if len(turns) > MOST_TURNS:
        raise Refusal("A duty has at most %(most)s turns a week.", field="turns", most=MOST_TURNS)
    duty.turns.all().delete()
    rows = [
        DutyTurn(duty=duty, member_id=turn.member_id, weekday=turn.weekday, since=turn.since, until=turn.until)
        for turn in dict.fromkeys(turns)
    ]
    DutyTurn.objects.bulk_create(rows)


@transaction.atomic
def remove_duty(actor: Actor, key: str, *, why: str = "") -> None:
    """Take a duty with its roster away. Raises NotAllowed, NotFound."""
    demand(actor, PLAN_DUTIES.key)
    duty = Duty.objects.filter(key=key).first()
    if duty is None:
        raise NotFound()
    pk = duty.pk
    duty.delete()
    emit(DutyRemoved(duty=pk), actor=actor, subject=f"duty:{pk}")
    audit.record(actor, "duty_removed", f"duty:{pk}", before={"key": key}, why=why)
