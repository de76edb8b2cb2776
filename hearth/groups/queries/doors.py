"""What a group's door asks, who stands before it, and what it answers them."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from hearth.core.permissions import RUNNING
from hearth.groups.access import is_shut
from hearth.groups.models import (
    Application,
    EntryCode,
    GatePolicy,
    Group,
    JoinLink,
    KeptUse,
    Membership,
    RoleAssignment,
    Waiting,
)
from hearth.groups.registry import fees, gate_kinds, levels
from hearth.groups.rules.gates import Answer, Applicant, Case, Judgement, Step, judge, step_in_force, stored
from hearth.groups.rules.ranks import RANKS
from hearth.kit.clock import now
from hearth.people.queries import AtDoor, at_the_door, present_at_the_door


def policy_of(group_id: int) -> GatePolicy | None:
    """What a door asks now, with all its steps; None for one that never asked anything: one query."""
    return GatePolicy.objects.filter(group=group_id).order_by("-version").first()


def steps_of(group_id: int) -> tuple[Step, ...]:
    """The steps of a door: one query."""
    policy = policy_of(group_id)
    return stored(policy.steps) if policy else ()


def step_of(group: Group) -> Step | None:
    """The step in force for the group's size as the row tells it: one query."""
    return step_in_force(steps_of(group.pk), group.member_count)


def open_application(group_id: int, member_id: int) -> Application | None:
    """Somebody's open request to come in: one query."""
    return Application.objects.filter(group=group_id, member=member_id, closed_at=None).select_related("link").first()


def last_application(group_id: int, member_id: int) -> Application | None:
    """Somebody's newest request, open or not: one query."""
    return Application.objects.filter(group=group_id, member=member_id).order_by("-pk").first()


def invited_as(group_id: int, link: JoinLink | None) -> str:
    """The highest role in the group of whoever made a link; staff count as keepers. "" for nobody who is there now."""
    if link is None or link.created_by_id is None or link.group_id != group_id or link.revoked_at:
        return ""
    inside = Membership.objects.filter(group=group_id, member=link.created_by_id, left_at=None).exists()
    held = RoleAssignment.objects.filter(member=link.created_by_id, until=None).values_list("group_id", "role")
    roles = {
        role if group else "keeper" for group, role in held if group == group_id or (not group and role in RUNNING)
    }
    return max({*roles, *(["member"] if inside else [])}, key=lambda role: RANKS[role], default="")


def judge_door(group: Group, member_id: int, application: Application | None, link: JoinLink | None) -> Judgement:
    """What the door answers a member now, given their open application and the link in their hand.

    One query for a door that asks nothing, at most five more otherwise.
    """
    step = step_of(group)
    if step is None or not step.asks.items:
        return Judgement(judge(None, Case(Applicant(), group.pk, now()), {}).answer, step)
    seen = at_the_door([member_id])
    told = applicant(seen[0], group.pk, step) if seen else Applicant(member_id)
    return _judged(step, group.pk, told, application, link)


def _judged(
    step: Step, group_id: int, told: Applicant, application: Application | None, link: JoinLink | None
) -> Judgement:
    case = Case(
        told,
        group_id,
        now(),
        application.answers if application else {},
        invited_as(group_id, link or (application.link if application else None)),
        application.approved_by if application else "",
    )
    return judge(step, case, dict(gate_kinds.items()))


def door_for(group_id: int, member_ids: Collection[int]) -> Callable[[int, int], Answer]:
    """The door for a crowd: what it answers a member of these, given how many are in the group by then.

    One query for a door that asks nothing, four for all of them otherwise, and those of levels and fees.
    """
    steps = steps_of(group_id)
    if not any(step.asks.items for step in steps):
        return lambda _member, _count: Answer.PASSED
    seen = {row.pk: row for row in at_the_door(member_ids)}
    rows = Application.objects.filter(group=group_id, member__in=member_ids, closed_at=None).select_related("link")
    asked = {row.member_id: row for row in rows}

    def answer(member_id: int, count: int) -> Answer:
        step = step_in_force(steps, count)
        if step is None or not step.asks.items:
            return Answer.PASSED
        told = applicant(seen[member_id], group_id, step)
        return _judged(step, group_id, told, asked.get(member_id), None).answer

    return answer


def applicant(seen: AtDoor, group_id: int, step: Step) -> Applicant:
    """A member as the rules see them; level and fee are asked only where the step needs them."""
    kinds = {condition.kind for condition in step.conditions()}
    level = max(told(seen.pk, group_id) for told in levels) if levels and "level" in kinds else None
    paid = any(told(seen.pk, group_id) for told in fees) if fees and "fee" in kinds else None
    return Applicant(
        seen.pk, seen.kind, seen.department, seen.hospital, seen.city, seen.verified, seen.tags, level, paid
    )


def waiting_applications(group_id: int | None) -> QuerySet[Application]:
    """Requests that wait for a decision in a group (None: in all), the longest first, with ``member`` and ``group``."""
    rows = _waiting(group_id).select_related("member", "group", "link")
    return rows.order_by("waits_since", "pk")


def _waiting(group_id: int | None) -> QuerySet[Application]:
    rows = Application.objects.filter(closed_at=None, decided_at=None, waits_since__isnull=False)
    return rows if group_id is None else rows.filter(group=group_id)


def count_waiting(group_id: int | None) -> int:
    """How many requests wait for a decision in a group (None: in all): one query."""
    return _waiting(group_id).count()


@dataclass(frozen=True, slots=True)
class Preview:
    """How a step would answer the members who are not in the group yet, before anybody gave anything."""

    looked_at: int
    counts: dict[str, int]
    reasons: list[tuple[str, dict[str, Any], int]]


MOST_LOOKED_AT = 2000


def preview(group: Group, step: Step) -> Preview:
    """Who would pass: three queries and a count in memory, of the ``MOST_LOOKED_AT`` newest members."""
    inside = set(Membership.objects.filter(group=group, left_at=None).values_list("member_id", flat=True))
    outside = [seen for seen in present_at_the_door(MOST_LOOKED_AT) if seen.pk not in inside]
    moment, kinds = now(), dict(gate_kinds.items())
    counts: Counter[str] = Counter()
    reasons: Counter[tuple[str, tuple[tuple[str, Any], ...]]] = Counter()
    for seen in outside:
        told = judge(step, Case(applicant(seen, group.pk, step), group.pk, moment), kinds)
        counts[told.answer.value] += 1
        for part in told.with_answer(told.answer) if told.answer == "refused" else []:
            reasons[part.verdict.sentence, tuple(sorted(part.verdict.params.items()))] += 1
    told_reasons = [(sentence, dict(params), n) for (sentence, params), n in reasons.most_common(5)]
    return Preview(len(outside), dict(counts), told_reasons)


def members_invite(group_id: int) -> bool:
    """Whether any step of the door asks for an invitation that a plain member may give: one query."""
    asked = [condition for step in steps_of(group_id) for condition in step.conditions()]
    return any(one.kind == "invitation" and one.params.get("by") == "member" for one in asked)


def decided_lately(group_id: int, limit: int = 10) -> list[Application]:
    """The newest decisions, with ``member``: one query."""
    rows = Application.objects.filter(group=group_id, decided_at__isnull=False).select_related("member")
    return list(rows.order_by("-decided_at")[:limit])


def decision(application_id: int) -> Application | None:
    """A request as it was decided; None for one that is not, or no longer: one query."""
    return Application.objects.filter(pk=application_id, decided_at__isnull=False).first()


def applications_in(group_id: int, application_ids: list[int]) -> list[Application]:
    """Those of these requests that were made to a group, with ``member``: one query."""
    rows = Application.objects.filter(group=group_id, pk__in=application_ids).select_related("member")
    return list(rows.order_by("pk"))


def kept_use(group_id: int, member_id: int | None, code: EntryCode | None = None) -> KeptUse | None:
    """The way into a group that is kept for somebody who asks for a badge first: one query.

    With ``code`` also what it keeps for them into another group of its series.
    """
    if not member_id:
        return None
    by_way = Q(group=group_id) | Q(entry_code=code) if code else Q(group=group_id)
    return KeptUse.objects.filter(by_way, member=member_id, ended_at=None).first()


def keeps_use(way: JoinLink | EntryCode, member_id: int | None) -> bool:
    """Whether somebody's use of a link or code is counted already and kept for them: one query."""
    if member_id is None:
        return False
    of_way = Q(link=way) if isinstance(way, JoinLink) else Q(entry_code=way)
    return KeptUse.objects.filter(of_way, member=member_id, ended_at=None).exists()


def was_led(code: EntryCode, member_id: int | None) -> bool:
    """Whether a code led somebody to a door before which they still ask or wait: at most three queries."""
    return any(
        rows.filter(entry_code=code, member=member_id).exists()
        for rows in (
            KeptUse.objects.filter(ended_at=None),
            Application.objects.filter(closed_at=None),
            Waiting.objects.filter(ended_at=None),
        )
    )


def ways_kept_for(member_id: int) -> list[KeptUse]:
    """Ways that lead somebody on once they hold a badge: not revoked, into groups that are open. One query."""
    rows = KeptUse.objects.filter(member=member_id, ended_at=None, link__revoked_at=None, entry_code__revoked_at=None)
    return list(rows.exclude(is_shut("group")).select_related("group", "link", "entry_code").order_by("pk"))
