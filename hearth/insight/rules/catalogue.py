"""The metrics of a diagnosis, evaluated over an archive in memory, in one pass and without a store.

Each is declared in the registry of metrics (``hearth.core.metrics``) with its words and its expression; what stands
here is a quicker way to the same number, proven equal (``tests/test_one_number.py``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hearth.insight.rules import metrics_activity as activity, metrics_people as people
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import Measure


@dataclass(frozen=True, slots=True)
class Override:
    """How the metric ``name`` is evaluated in memory. ``anchor``: "now", or "life" for what is measured at the end of a
    silent group's last weeks of life.
    """

    name: str
    compute: Callable[[GroupView], Measure]
    anchor: Literal["now", "life"] = "now"


OVERRIDES: tuple[Override, ...] = (
    Override("members", activity.members),
    Override("age_weeks", activity.age_weeks),
    Override("silence_days", activity.silence_days),
    Override("authors_28d", activity.authors_28d),
    Override("messages_28d", activity.messages_28d),
    Override("authors_trend", activity.authors_trend),
    Override("authors_peak", activity.authors_peak),
    Override("authors_returning", activity.authors_returning),
    Override("weeks_active", activity.weeks_active),
    Override("starts_per_week", activity.starts_per_week),
    Override("starts_trend", activity.starts_trend),
    Override("newcomers", people.newcomers),
    Override("newcomers_kept", people.newcomers_kept, "life"),
    Override("first_reply_coverage", people.first_reply_coverage, "life"),
    Override("questions", people.questions, "life"),
    Override("questions_open", people.questions_open, "life"),
    Override("questions_answered_24h", people.questions_answered_24h, "life"),
    Override("time_to_first_answer", people.time_to_first_answer, "life"),
    Override("top1_share", people.top1_share, "life"),
    Override("absence_factor", people.absence_factor, "life"),
    Override("effective_speakers", people.effective_speakers, "life"),
    Override("gini", people.gini, "life"),
    Override("reciprocity", people.reciprocity, "life"),
    Override("organic_share", activity.organic_share),
    Override("link_share", activity.link_share, "life"),
    Override("adverts", activity.adverts, "life"),
    Override("advert_share", activity.advert_share, "life"),
)


def measure(view: GroupView) -> dict[str, Measure]:
    """All metrics of one group."""
    return {override.name: override.compute(view) for override in OVERRIDES}
