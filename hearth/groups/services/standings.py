"""How value lines stand: judged by deeds here, by metrics above; what turns is told, and pauses what invites."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from django.db import transaction

from hearth.core.facts import emit
from hearth.groups.facts import PromotionPaused, PromotionResumed, ValueLineTurned
from hearth.groups.models import ValueAnswer, ValueLine
from hearth.groups.queries.value_lines import Pair, last_deeds, open_pairs, zone_of_community
from hearth.groups.rules.value_lines import Standing, stands
from hearth.groups.types import LineState

PORTION = 20  # lines written in one transaction
_KEPT_FIELDS = ["state", "since", "shown_on", "reading"]


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


def keep_standings(found: Mapping[Pair, Standing]) -> int:
    """Write down what differs from what stands; how many lines turned.

    In portions, so that a morning on which thousands of lines turn holds up nobody who posts.
    """
    ids = {answer for answer, _group in found}
    rows = ValueLine.objects.filter(answer__in=ids).values_list("answer_id", "group_id", *_KEPT_FIELDS)
    standing = {(answer, group): tuple(kept) for answer, group, *kept in rows}
    told = {pair: tuple(getattr(wanted, field) for field in _KEPT_FIELDS) for pair, wanted in found.items()}
    changed = iter([pair for pair, kept in told.items() if standing.get(pair) != kept])
    turned = 0
    while portion := list(islice(changed, PORTION)):
        turned += _keep({pair: found[pair] for pair in portion})
    return turned


@transaction.atomic
def _keep(found: Mapping[Pair, Standing]) -> int:
    """Tell each line that turned, and each group whose promotion pauses or goes on again."""
    ids = {answer for answer, _group in found}
    # Whoever judges the same answers at this moment waits here, so that a turn is told once.
    list(ValueAnswer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    rows = ValueLine.objects.filter(answer__in=ids, group__in={group for _answer, group in found})
    standing = {(row.answer_id, row.group_id): row for row in rows}
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
    with telling_pauses({group for _answer, group in found}):
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
def telling_pauses(groups: Collection[int] | None = None) -> Iterator[None]:
    """Tell afterwards in which of these groups the first line stopped, and in which the last one goes again."""
    before = _stopped(groups)
    yield
    after = _stopped(groups)
    for group, answer in after.items():
        if group not in before:
            emit(PromotionPaused(group=group, answer=answer), subject=f"group:{group}")
    for group in before:
        if group not in after:
            emit(PromotionResumed(group=group), subject=f"group:{group}")


def _stopped(groups: Collection[int] | None) -> dict[int, int]:
    rows = ValueLine.objects.filter(state=LineState.STOPPED).order_by("-since", "-pk")
    if groups is not None:
        rows = rows.filter(group__in=groups)
    return dict(rows.values_list("group_id", "answer_id"))
