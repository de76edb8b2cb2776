"""The three things to do next week: where little work saves most."""

import math

from hearth.insight.rules import wording as w
from hearth.insight.types import GroupDiagnosis, ReasonCode, Stage, Step, Text

WANTED = 3
WAKE_WITHIN_DAYS = 90
COLD_MANY = 3

Ranked = tuple[float, Step]


def next_steps(groups: tuple[GroupDiagnosis, ...]) -> tuple[Step, ...]:
    """At most three steps, the most useful first; no group is named twice before others had their turn."""
    candidates = [*_answers(groups), *_adverts(groups), *_close(groups)]
    for group in groups:
        candidates.extend(_for_group(group))
    candidates.sort(key=lambda ranked: -ranked[0])
    chosen: list[Step] = []
    kinds: set[str] = set()
    named: set[str] = set()
    for _, step in candidates:
        fresh = len(step.groups) > 1 or step.groups[0] not in named
        if fresh and step.code not in kinds:
            chosen.append(step)
            kinds.add(step.code)
            named.update(step.groups if len(step.groups) == 1 else ())
        if len(chosen) == WANTED:
            return tuple(chosen)
    rest = [step for _, step in candidates if step not in chosen and not named.intersection(step.groups)]
    return tuple((chosen + rest)[:WANTED])


def _answers(groups: tuple[GroupDiagnosis, ...]) -> list[Ranked]:
    fresh = {group.id: group.open_lately for group in groups}
    count = sum(fresh.values())
    if count < 2:
        return []
    where = tuple(sorted((key for key, n in fresh.items() if n), key=lambda key: -fresh[key]))
    step = Step("answer", Text(w.STEP_ANSWER, {"count": count}), Text(w.STEP_ANSWER_WHY), where)
    return [(4 + math.log2(1 + count), step)]


def _adverts(groups: tuple[GroupDiagnosis, ...]) -> list[Ranked]:
    hit = [group for group in groups if _has(group, ReasonCode.ADVERTS) and group.stage is not Stage.DEAD]
    count = sum(int(group.metrics["adverts"] or 0) for group in hit)
    if not hit:
        return []
    step = Step("adverts", Text(w.STEP_ADVERTS, {"count": count}), Text(w.STEP_ADVERTS_WHY), tuple(g.id for g in hit))
    return [(4 + math.log2(1 + count), step)]


def _close(groups: tuple[GroupDiagnosis, ...]) -> list[Ranked]:
    cold = [group for group in groups if group.stage is Stage.DEAD]
    if len(cold) < COLD_MANY:
        return []
    step = Step("close", Text(w.STEP_CLOSE, {"count": len(cold)}), Text(w.STEP_CLOSE_WHY), tuple(g.id for g in cold))
    return [(2.5 + 2 * len(cold) / len(groups), step)]


def _for_group(group: GroupDiagnosis) -> list[Ranked]:
    authors, peak = int(group.metrics["authors_28d"] or 0), int(group.metrics["authors_peak"] or 0)
    size = math.log2(1 + max(authors, peak))
    here, name = (group.id,), {"group": group.name}
    found: list[Ranked] = []
    if group.stage is Stage.DECLINING:
        why = Text(w.STEP_SAVE_WHY, {"authors": authors})
        found.append((3 + size, Step("save", Text(w.STEP_SAVE, name), why, here)))
    days = float(group.metrics["silence_days"] or 0)
    if group.stage is Stage.DORMANT and authors < 2 and days <= WAKE_WITHIN_DAYS and peak >= COLD_MANY:
        why = Text(w.STEP_WAKE_WHY, {"days": int(days), "peak": peak})
        found.append((2 + size, Step("wake", Text(w.STEP_WAKE, name), why, here)))
    if group.stage in (Stage.DEAD, Stage.DORMANT, Stage.COMPLETED):
        return found
    if _has(group, ReasonCode.NEWCOMERS_LOST):
        found.append((2 + size, Step("welcome", Text(w.STEP_WELCOME, name), Text(w.STEP_WELCOME_WHY), here)))
    if group.mainstays:
        who = {"name": group.mainstays[0].name}
        if _has(group, ReasonCode.ONE_PERSON_SHOW):
            found.append((2.5 + size, Step("second", Text(w.STEP_SECOND, name), Text(w.STEP_SECOND_WHY, who), here)))
        elif not group.reasons and not group.open_lately:
            found.append((size / 10, Step("keep", Text(w.STEP_KEEP, name), Text(w.STEP_KEEP_WHY, who), here)))
    return found


def _has(group: GroupDiagnosis, code: ReasonCode) -> bool:
    return any(reason.code is code for reason in group.reasons)
