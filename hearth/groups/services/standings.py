"""How value lines stand: judged by deeds here, by metrics above; what turns is told, and pauses what invites."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from hearth.core.facts import emit
from hearth.groups.facts import PromotionPaused, PromotionResumed, ValueLineTurned
from hearth.groups.models import ValueAnswer, ValueLine
from hearth.groups.queries.value_lines import Pair, last_deeds, open_pairs, zone_of_community
from hearth.groups.rules.value_lines import Standing, stands
from hearth.groups.types import LineState

_KEPT_FIELDS = ["state", "since", "shown_on", "reading"]


@transaction.atomic
def judge_rhythms(moment: datetime, answer_ids: Collection[int] | None = None, group_id: int | None = None) -> int:
    """Judge what is done in a rhythm, everywhere or these answers, or one group; how many lines turned."""
    rows = ValueAnswer.objects.exclude(every_days=None)
    if answer_ids is not None:
        rows = rows.filter(pk__in=answer_ids)
    every = dict(rows.values_list("pk", "every_days"))
    if not every:
        return 0
    zone = zone_of_community()
    done, today = last_deeds(every), moment.astimezone(zone).date()
    found = {}
    for pair, begins in open_pairs(every).items():
        if group_id in {None, pair[1]}:
            last = done.get(pair)
            day = last.astimezone(zone).date() if last else None
            found[pair] = stands(every[pair[0]], begins.astimezone(zone).date(), day, today)
    return keep_standings(found)


@transaction.atomic
def keep_standings(found: Mapping[Pair, Standing]) -> int:
    """Write down how lines stand, tell each that turned and each group whose promotion pauses or goes on again."""
    ids = {answer for answer, _group in found}
    # Whoever judges the same answers at this moment waits here, so that a turn is told once.
    list(ValueAnswer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    standing = {(row.answer_id, row.group_id): row for row in ValueLine.objects.filter(answer__in=ids)}
    made, changed, turned = [], [], []
    for pair, wanted in found.items():
        row = standing.get(pair)
        if row is None:
            made.append(_written(ValueLine(answer_id=pair[0], group_id=pair[1]), wanted))
            turned.append((pair, "", wanted.state))
        elif any(getattr(row, field) != getattr(wanted, field) for field in _KEPT_FIELDS):
            if row.state != wanted.state:
                turned.append((pair, row.state, wanted.state))
            changed.append(_written(row, wanted))
    with telling_pauses():
        ValueLine.objects.bulk_create(made, batch_size=200)
        ValueLine.objects.bulk_update(changed, _KEPT_FIELDS, batch_size=200)
    for (answer, group), before, state in turned:
        told = ValueLineTurned(answer=answer, group=group, before=before, state=str(state))
        emit(told, subject=f"group:{group}")
    return len(turned)


def _written(row: ValueLine, wanted: Standing) -> ValueLine:
    for field in _KEPT_FIELDS:
        setattr(row, field, getattr(wanted, field))
    return row


@contextmanager
def telling_pauses() -> Iterator[None]:
    """Tell afterwards in which groups the first line stopped, and in which the last one that had stopped goes again."""
    before = _stopped()
    yield
    after = _stopped()
    for group, answer in after.items():
        if group not in before:
            emit(PromotionPaused(group=group, answer=answer), subject=f"group:{group}")
    for group in before:
        if group not in after:
            emit(PromotionResumed(group=group), subject=f"group:{group}")


def _stopped() -> dict[int, int]:
    rows = ValueLine.objects.filter(state=LineState.STOPPED).order_by("-since", "-pk")
    return dict(rows.values_list("group_id", "answer_id"))
