"""What answers the reasons why members come: described, done, taken back; and inviting although it has stopped."""

import math
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from hearth.core import audit
from hearth.core.errors import Conflict, NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.metrics import metrics
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.groups.access import roles_in
from hearth.groups.facts import (
    PauseLifted,
    PauseLiftEnded,
    ServiceDone,
    ServiceUndone,
    ValueAnswerRemoved,
    ValueAnswerSet,
)
from hearth.groups.models import AnsweredIn, Deed, Group, PauseLift, ValueAnswer, ValueLine
from hearth.groups.queries.value_lines import answer_with_key, answers_in, lift_of
from hearth.groups.registry import LIFT_PAUSE, SET_VALUE_LINES, TEND
from hearth.groups.rules.keys import is_key, key_from
from hearth.groups.rules.value_lines import LEAST_DAYS, MOST_DAYS
from hearth.groups.services.standings import judge_rhythms, telling_pauses
from hearth.groups.services.texts import LocalInput, chosen, local
from hearth.groups.types import Force, KeptBy, Party
from hearth.kit.clock import now
from hearth.kit.ids import new_code

MOST_ANSWERS = 60
UNDONE_WITHIN = timedelta(days=1)
LONGEST_LIFT = 30


@transaction.atomic
def set_answer(
    actor: Actor,
    key: str = "",
    *,
    name: LocalInput | None = None,
    force: str | None = None,
    service: LocalInput | None = None,
    kept_by: KeptBy | None = None,
    gets: Mapping[str, LocalInput] | None = None,
    groups: Collection[Group] | None = None,
    why: str = "",
) -> ValueAnswer:
    """Describe what answers a driving force; what is None stays. A key nobody knows makes a new one.

    ``groups``: where it is given; none of them means every group. With another proof it counts from now on.
    Raises NotAllowed, Refusal.
    """
    demand(actor, SET_VALUE_LINES.key)
    language = Community.objects.values_list("language", flat=True).get(pk=actor.community_id)
    row = _held(key, name)
    if name is not None:
        row.name = local(name, language, most=80, field="name")
    if force is not None:
        row.force = chosen(force, Force.values, "force")
    if service is not None:
        row.service = local(service, language, most=300, field="service")
    if gets is not None:
        told = {chosen(party, Party.values, "gets"): local(text, language, most=300, field="gets")
                for party, text in gets.items()}  # fmt: skip
        row.gets = {party: told[party] for party in Party.values if told.get(party)}
    proof_is_new = kept_by is not None and _proof(row) != kept_by
    if kept_by is not None and proof_is_new:
        _prove(row, kept_by)
    for field in ("name", "force", "service"):
        if not getattr(row, field):
            raise Refusal("Fill this in.", field=field)
    if not row.metric and not row.every_days:
        raise Refusal("Say how it is seen: a metric, or every how many days it is done.", field="kept_by")
    _keep(row, groups, proof_is_new=proof_is_new)
    count = row.places.count()
    emit(ValueAnswerSet(answer=row.pk, groups=count), actor=actor, subject=f"value_answer:{row.pk}")
    after = {"key": row.key, "force": row.force, "groups": count, **_proof_told(row)}
    audit.record(actor, "value_answer_set", f"value_answer:{row.pk}", after=after, why=why)
    return row


def _held(key: str, name: LocalInput | None) -> ValueAnswer:
    if not key:
        texts = [name] if isinstance(name, str) else list((name or {}).values())
        key = next((made for text in texts if (made := key_from(text))), "") or new_code().lower()
        if ValueAnswer.objects.filter(key=key).exists():
            key = f"{key[:50]}-{new_code().lower()[:6]}"
    if not is_key(key, 60):
        raise Refusal("Use small letters, digits and hyphens for the short name.", field="key")
    found = ValueAnswer.objects.select_for_update().filter(key=key).first()
    if found is None and ValueAnswer.objects.count() >= MOST_ANSWERS:
        raise Refusal("At most %(most)s answers: nobody keeps more promises.", field="key", most=MOST_ANSWERS)
    return found or ValueAnswer(key=key)


def _proof(row: ValueAnswer) -> KeptBy:
    return KeptBy(row.metric, row.bound or "at_least", row.value, row.every_days)


def _proof_told(row: ValueAnswer) -> dict[str, object]:
    if row.metric:
        return {"metric": row.metric, "bound": row.bound, "value": row.value}
    return {"every_days": row.every_days}


def _prove(row: ValueAnswer, kept_by: KeptBy) -> None:
    """Take over what shows it. Raises Refusal."""
    if bool(kept_by.metric) == (kept_by.every_days is not None):
        raise Refusal("Say one of two: a metric, or every how many days it is done.", field="kept_by")
    if kept_by.every_days is not None:
        if not LEAST_DAYS <= kept_by.every_days <= MOST_DAYS:
            low, high = LEAST_DAYS, MOST_DAYS
            raise Refusal("Give a number from %(low)s to %(high)s.", field="every_days", low=low, high=high)
        row.metric, row.bound, row.value, row.every_days = "", "", None, kept_by.every_days
        return
    declared = metrics.get(kept_by.metric)
    if declared is None or declared.waits or "group" not in declared.grains:
        raise Refusal("This metric is not computed here.", field="metric")
    value = kept_by.value
    if value is None or not math.isfinite(value) or value < 0 or (declared.unit == "share" and value > 1):
        raise Refusal("This metric cannot have such a value.", field="value")
    row.metric, row.value, row.every_days = kept_by.metric, value, None
    row.bound = chosen(kept_by.bound, ("at_least", "at_most"), "bound")


def _keep(row: ValueAnswer, groups: Collection[Group] | None, *, proof_is_new: bool) -> None:
    """Save, and forget what was judged of another proof or of groups where it is given no more."""
    with telling_pauses():
        if proof_is_new:
            row.counts_from = now()
        row.save()
        if groups is not None:
            row.places.all().delete()
            AnsweredIn.objects.bulk_create(
                AnsweredIn(answer=row, group=group) for group in {g.pk: g for g in groups}.values()
            )
        stale = ValueLine.objects.filter(answer=row)
        if not proof_is_new:
            named = row.places.values("group_id")
            stale = stale.exclude(group__in=named) if row.places.exists() else stale.none()
        stale.delete()
    if row.every_days:
        judge_rhythms(now(), [row.pk])


@transaction.atomic
def remove_answer(actor: Actor, key: str, *, why: str = "") -> None:
    """Promise it no more, anywhere; what was noted of it goes too. Raises NotAllowed, NotFound."""
    demand(actor, SET_VALUE_LINES.key)
    row = answer_with_key(key)
    if row is None:
        raise NotFound()
    pk, before = row.pk, {"key": row.key, "force": row.force, **_proof_told(row)}
    with telling_pauses():
        row.delete()
    emit(ValueAnswerRemoved(answer=pk), actor=actor, subject=f"value_answer:{pk}")
    audit.record(actor, "value_answer_removed", f"value_answer:{pk}", before=before, why=why)


@transaction.atomic
def note_deed(actor: Actor, group: Group, answer: ValueAnswer) -> Deed:
    """Say that a service was done in a group now. Raises NotAllowed, NotFound for one that is not promised there,
    Refusal for one that a metric shows.
    """
    demand(actor, TEND.key, roles_in(actor, group))
    row = answers_in(group.pk).select_for_update().filter(pk=answer.pk).first()
    if row is None:
        raise NotFound()
    if not row.every_days:
        raise Refusal("Whether this is kept is read off a metric. Nobody has to say so.")
    deed = Deed.objects.create(answer=row, group=group, member_id=actor.member_id, at=now(), by=actor.ref)
    told = ServiceDone(deed=deed.pk, answer=row.pk, group=group.pk)
    emit(told, actor=actor, subject=f"group:{group.pk}")
    judge_rhythms(now(), [row.pk], group.pk)
    return deed


@transaction.atomic
def undo_deed(actor: Actor, deed: Deed) -> None:
    """Within a day, take back that a service was done. Raises NotAllowed, Conflict when it is too late or done."""
    demand(actor, TEND.key, roles_in(actor, deed.group))
    recent = Deed.objects.filter(pk=deed.pk, undone_at=None, at__gt=now() - UNDONE_WITHIN)
    if not recent.update(undone_at=now(), undone_by=actor.ref):
        raise Conflict()
    told = ServiceUndone(deed=deed.pk, answer=deed.answer_id, group=deed.group_id)
    emit(told, actor=actor, subject=f"group:{deed.group_id}")
    judge_rhythms(now(), [deed.answer_id], deed.group_id)


@transaction.atomic
def lift_pause(actor: Actor, group: Group, *, days: int, why: str) -> PauseLift:
    """Let people be invited for some days although a line has stopped. Raises NotAllowed, Refusal, Conflict."""
    demand(actor, LIFT_PAUSE.key)
    if not 1 <= days <= LONGEST_LIFT:
        raise Refusal("Give a number from %(low)s to %(high)s.", field="days", low=1, high=LONGEST_LIFT)
    if not why.strip():
        raise Refusal("Say why; it is kept in the audit log.", field="why")
    _end_lapsed(group)
    row = PauseLift(group=group, at=now(), by=actor.ref, until=now() + timedelta(days=days), why=why.strip()[:300])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict() from None
    emit(PauseLifted(group=group.pk, until=row.until.isoformat()), actor=actor, subject=f"group:{group.pk}")
    audit.record(actor, "pause_lifted", f"group:{group.pk}", after={"days": days}, why=why)
    return row


def _end_lapsed(group: Group) -> None:
    lapsed: datetime = now()
    PauseLift.objects.filter(group=group, ended_at=None, until__lte=lapsed).update(ended_at=lapsed, ended_by="house")


@transaction.atomic
def end_lift(actor: Actor, group: Group) -> None:
    """Let the pause count again. Raises NotAllowed, Conflict where none is lifted."""
    demand(actor, LIFT_PAUSE.key)
    row = lift_of(group.pk)
    if row is None:
        raise Conflict()
    row.ended_at, row.ended_by = now(), actor.ref
    row.save(update_fields=["ended_at", "ended_by"])
    emit(PauseLiftEnded(group=group.pk), actor=actor, subject=f"group:{group.pk}")
    audit.record(actor, "pause_lift_ended", f"group:{group.pk}")
