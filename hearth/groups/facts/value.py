"""What happens to value lines, and to the promotion that rests on them."""

from hearth.core.facts import fact


@fact("groups.value_answer_set")
class ValueAnswerSet:
    """What answers a driving force was described; ``groups`` is in how many it is given, 0 for every group."""

    answer: int
    groups: int


@fact("groups.value_answer_removed")
class ValueAnswerRemoved:
    """An answer is no longer promised anywhere."""

    answer: int


@fact("groups.service_done")
class ServiceDone:
    """Somebody said that a service was done in a group."""

    deed: int
    answer: int
    group: int


@fact("groups.service_undone")
class ServiceUndone:
    """Somebody took back that a service was done."""

    deed: int
    answer: int
    group: int


@fact("groups.value_line_turned")
class ValueLineTurned:
    """A value line came into another state; ``before`` is "" the first time."""

    answer: int
    group: int
    before: str
    state: str


@fact("groups.promotion_paused")
class PromotionPaused:
    """The first line of a group stopped: what invites new people there rests."""

    group: int
    answer: int


@fact("groups.promotion_resumed")
class PromotionResumed:
    """No line of the group stands stopped any more: people are invited again."""

    group: int


@fact("groups.pause_lifted")
class PauseLifted:
    """For a reason, a group's promotion goes on until a moment although a line has stopped."""

    group: int
    until: str


@fact("groups.pause_lift_ended")
class PauseLiftEnded:
    """A lifted pause counts again before its time."""

    group: int
