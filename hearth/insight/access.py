"""What of a reading somebody may see: numbers all staff, the words of messages only those who may read the talk."""

from dataclasses import replace

from hearth.core.permissions import Actor, may
from hearth.groups.registry import READ_TALK
from hearth.insight.types import Diagnosis, GroupDiagnosis


def reads_words(actor: Actor) -> bool:
    """Whether the words of every group's messages may be shown to the actor."""
    return may(actor, READ_TALK.key)


def group_for_eyes(actor: Actor, group: GroupDiagnosis) -> GroupDiagnosis:
    """The reading as the actor may see it: without quoted messages for those who may not read the talk."""
    if reads_words(actor):
        return group
    reasons = tuple(replace(reason, evidence=()) for reason in group.reasons)
    return replace(group, reasons=reasons, unanswered=())


def diagnosis_for_eyes(actor: Actor, whole: Diagnosis) -> Diagnosis:
    """The same for a whole community."""
    return replace(whole, groups=tuple(group_for_eyes(actor, group) for group in whole.groups))
