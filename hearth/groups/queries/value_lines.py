"""Value lines as pages and judges read them."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import ngettext

from hearth.core.models import Community
from hearth.core.tenancy import current_community_id
from hearth.groups.access import is_shut
from hearth.groups.models import AnsweredIn, Deed, Group, PauseLift, ValueAnswer, ValueLine
from hearth.groups.types import Force, LineState
from hearth.kit.clock import now

Pair = tuple[int, int]  # answer, group


def zone_of_community() -> ZoneInfo:
    """The clock of the community in scope: one query."""
    return ZoneInfo(Community.objects.values_list("time_zone", flat=True).get(pk=current_community_id()))


def answers() -> list[ValueAnswer]:
    """Every answer in the order of the forces, with the open groups that it names at ``places.all()``: two queries."""
    named = AnsweredIn.objects.filter(~is_shut("group")).select_related("group").order_by("group__key")
    order = {force: number for number, force in enumerate(Force.values)}
    rows = ValueAnswer.objects.prefetch_related(Prefetch("places", named))
    return sorted(rows, key=lambda row: (order.get(row.force, len(order)), row.key))


def answer_with_key(key: str) -> ValueAnswer | None:
    """The answer of that key: one query."""
    return ValueAnswer.objects.filter(key=key).first()


def rhythm_of(answer_id: int) -> int:
    """Every how many days it is done; 0 for what a metric shows, or what is promised no more: one query."""
    return ValueAnswer.objects.filter(pk=answer_id).values_list("every_days", flat=True).first() or 0


def metric_answers() -> list[ValueAnswer]:
    """The answers that a metric shows: one query."""
    return list(ValueAnswer.objects.exclude(metric="").order_by("pk"))


def answers_in(group_id: int) -> QuerySet[ValueAnswer]:
    """What is promised in one group."""
    here = AnsweredIn.objects.filter(answer=OuterRef("pk"))
    return ValueAnswer.objects.filter(~Exists(here) | Exists(here.filter(group=group_id)))


def open_pairs(answer_ids: Collection[int]) -> dict[Pair, datetime]:
    """Where these answers are to be given, open groups alone, and from when it counts there: three queries."""
    rows = list(ValueAnswer.objects.filter(pk__in=answer_ids).values_list("pk", "counts_from"))
    born = dict(Group.objects.filter(~is_shut()).values_list("pk", "opened_at"))
    named: dict[int, list[int]] = defaultdict(list)
    for answer, group in AnsweredIn.objects.filter(answer__in=answer_ids).values_list("answer_id", "group_id"):
        named[answer].append(group)
    return {
        (answer, group): max(since, born[group])
        for answer, since in rows
        for group in named.get(answer, born)
        if group in born
    }


def lost_with(keys: Collection[str]) -> dict[str, str]:
    """Key of an answer that stands → what is lost once it is promised no more: five queries."""
    rows = dict(ValueAnswer.objects.filter(key__in=keys).values_list("pk", "key"))
    groups = Counter(answer for answer, _group in open_pairs(rows))
    done = set(Deed.objects.filter(answer__in=rows, undone_at=None).values_list("answer_id", flat=True))
    return {key: _lost(groups[pk], noted=pk in done) for pk, key in rows.items()}


def _lost(groups: int, *, noted: bool) -> str:
    if noted:
        said = ngettext(
            "%(count)s group promises it. It does so no more, and what was noted as done is forgotten for good.",
            "%(count)s groups promise it. They do so no more, and what was noted as done is forgotten for good.",
            groups,
        )
    else:
        said = ngettext(
            "%(count)s group promises it. It does so no more.",
            "%(count)s groups promise it. They do so no more.",
            groups,
        )
    return said % {"count": groups}


def last_deeds(answer_ids: Collection[int]) -> dict[Pair, datetime]:
    """When each was last done in each group, as far as anybody said so: one query."""
    rows = Deed.objects.filter(answer__in=answer_ids, undone_at=None).order_by()
    told = rows.values_list("answer_id", "group_id").annotate(last=Max("at"))
    return {(answer, group): last for answer, group, last in told}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in one group with how it stands; ``state`` is None before it was judged."""

    answer: ValueAnswer
    state: LineState | None
    since: date | None
    shown_on: date | None
    reading: float | None
    deed: Deed | None  # the newest that was not taken back


def lines_of(group: Group) -> list[Line]:
    """The value line of a group in the order of the forces: three queries."""
    promised = list(answers_in(group.pk))
    standing = {row.answer_id: row for row in ValueLine.objects.filter(group=group)}
    done: dict[int, Deed] = {}
    newest = Deed.objects.filter(group=group, undone_at=None).order_by("answer_id", "-at")
    ids = [row.pk for row in promised if row.every_days]
    for answer_id in ids:  # an index answers each: at most a handful stand in one group
        deed = newest.filter(answer=answer_id).select_related("member").first()
        if deed:
            done[answer_id] = deed
    order = {force: number for number, force in enumerate(Force.values)}
    promised.sort(key=lambda row: (order.get(row.force, len(order)), row.key))
    return [_line(row, standing.get(row.pk), done.get(row.pk)) for row in promised]


def _line(answer: ValueAnswer, row: ValueLine | None, deed: Deed | None) -> Line:
    if row is None:
        return Line(answer, None, None, None, None, deed)
    return Line(answer, LineState(row.state), row.since, row.shown_on, row.reading, deed)


def stopped_lines() -> QuerySet[ValueLine]:
    """Every line that has stopped in an open group, the longest first, with ``answer`` and ``group``."""
    rows = ValueLine.objects.filter(~is_shut("group"), state=LineState.STOPPED).select_related("answer", "group")
    return rows.order_by("since", "pk")


def states_of_answers() -> dict[int, dict[str, int]]:
    """In how many open groups each answer stands how: one query."""
    rows = (
        ValueLine.objects.filter(~is_shut("group")).order_by().values_list("answer_id", "state").annotate(n=Count("pk"))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for answer, state, count in rows:
        found[answer][state] = count
    return found


def kept_promises() -> int:
    """How many lines are green, in open groups: one query."""
    return ValueLine.objects.filter(~is_shut("group"), state=LineState.KEPT).count()


def doers_since(since: datetime) -> int:
    """How many different members said that something was done since then: one query."""
    rows = Deed.objects.filter(at__gte=since, undone_at=None, member__isnull=False)
    return rows.values("member").distinct().count()


def with_lines(states: Collection[str]) -> Q:
    """The condition that one of a group's lines stands in one of these states, for a query over groups."""
    return Q(Exists(ValueLine.objects.filter(group=OuterRef("pk"), state__in=list(states))))


def lift_of(group_id: int) -> PauseLift | None:
    """The lift that lets people be invited at present although a line has stopped: one query."""
    return PauseLift.objects.filter(group=group_id, ended_at=None, until__gt=now()).first()


def is_paused() -> Q:
    """The condition under which what invites new people to a group rests, for a query over groups."""
    stopped = ValueLine.objects.filter(group=OuterRef("pk"), state=LineState.STOPPED)
    lifted = PauseLift.objects.filter(group=OuterRef("pk"), ended_at=None, until__gt=now())
    return Q(Exists(stopped)) & ~Q(Exists(lifted))


def promotion_rests(group_id: int) -> bool:
    """Whether what invites new people to a group rests: one query."""
    return Group.objects.filter(is_paused(), pk=group_id).exists()
