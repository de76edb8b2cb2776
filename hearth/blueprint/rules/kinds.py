"""The five kinds of community that come along: what the guided start says of them beyond their blueprints.

Hours are never suggested: only those who have them can say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hearth.blueprint.rules.answers import Hand, Mark, Role, Work
from hearth.kit.text import noted

STANDING = "standing"  # begin from the community as it is
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: what it is called, what it is, and what its members share."""

    title: str
    about: str
    shared: tuple[Mark, ...]


KINDS: Mapping[str, Kind] = {
    "hospital-doctors": Kind(
        noted("Doctors by department"),
        noted("Colleagues under their real names: cases, guidelines, second opinions."),
        ("department",),
    ),
    "patient-support": Kind(
        noted("Patients and their families"),
        noted("Chosen names, a calm tone, somebody who knows when it gets difficult."),
        ("disease",),
    ),
    "shop-chain": Kind(
        noted("Customers of shops"),
        noted("Neighbours of a shop: what is fresh today, and who stands behind it."),
        ("shop",),
    ),
    "travel-club": Kind(
        noted("A club that does things together"),
        noted("People who travel, walk or play together, and share the work."),
        ("interest",),
    ),
    "knowledge-column": Kind(
        noted("Readers of a column"),
        noted("People who learn something together, and pay for it."),
        ("interest",),
    ),
}
STARTS = (*KINDS, STANDING, NOTHING)

# Role → what it is called as a duty, what it consists of, and what it usually makes.
ROLE_DUTIES: Mapping[Role, tuple[str, str, tuple[Work, ...]]] = {
    "creator": (
        noted("Voice of the community"),
        noted("Writes and speaks what people come for, and says openly what is not known."),
        ("card", "gathering"),
    ),
    "manager": (
        noted("Daily manager"),
        noted("Greets who comes, sees that questions find somebody, settles quarrels, keeps the week’s plan."),
        ("answer", "round", "offer", "hosting"),
    ),
    "recruiter": (
        noted("Recruiter"),
        noted("Finds the right new members, invites them in person, and asks those who leave why."),
        (),
    ),
    "partner": (
        noted("Partner"),
        noted("Steps in where somebody else is needed: a talk, an evening, a topic of their own."),
        ("gathering",),
    ),
    "assistant": (
        noted("Assistant"),
        noted("Fetches what was asked for, follows up, and tells the manager what is left lying."),
        ("answer", "hosting"),
    ),
}


def usual_hands() -> list[Hand]:
    """Every role with what it usually makes, and without hours."""
    return [Hand(role=role, makes=list(makes)) for role, (_name, _task, makes) in ROLE_DUTIES.items()]
