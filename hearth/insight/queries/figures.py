"""The metrics that a diagnosis tells of each group, with the words of their declarations."""

from collections.abc import Iterator

from hearth.core.metrics import Metric, metrics
from hearth.insight.rules.catalogue import OVERRIDES


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


COUNTS = {
    "organic": _("Members' own messages only; posts by staff, schedules and bots are left out."),
    "both": _("Compares seeded with members' own messages."),
    "seeded": _("Posts by staff, schedules and bots."),
}


def figures() -> Iterator[Metric]:
    """The declarations, in the order they are told in."""
    return (metrics[override.name] for override in OVERRIDES)
