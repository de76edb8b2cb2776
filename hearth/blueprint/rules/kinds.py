"""The five kinds of community that come along: what the guided start suggests beyond their blueprints.

Suggested are promises, for these are words; never hours, for only those who have them can say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hearth.blueprint.rules.answers import Force, Hand, Mark, Role, Work
from hearth.kit.text import noted

STANDING = "standing"  # begin from the community as it is
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: what it is called, what it is, what its members share, and what is promised to them."""

    title: str
    about: str
    shared: tuple[Mark, ...]
    lines: tuple[tuple[Force, str, int | None], ...]  # force, service, every how many days; None for answers


KINDS: Mapping[str, Kind] = {
    "hospital-doctors": Kind(
        noted("Doctors by department"),
        noted("Colleagues under their real names: cases, guidelines, second opinions."),
        ("department",),
        (
            ("knowledge", noted("A card a day: one paper, and what it changes on the ward."), 1),
            ("official", noted("Every case gets a first answer by a colleague within a day."), None),
            ("social", noted("Once a month a case is discussed live."), 30),
        ),
    ),
    "patient-support": Kind(
        noted("Patients and their families"),
        noted("Chosen names, a calm tone, somebody who knows when it gets difficult."),
        ("disease",),
        (
            ("emotion", noted("Every day somebody asks how it goes, and listens."), 1),
            ("official", noted("A nurse answers once a day what is no question of treatment."), None),
            ("knowledge", noted("One plain card a week: what a study means for living with it."), 7),
        ),
    ),
    "shop-chain": Kind(
        noted("Customers of shops"),
        noted("Neighbours of a shop: what is fresh today, and who stands behind it."),
        ("shop",),
        (
            ("benefit", noted("One good offer a day, not ten."), 1),
            ("official", noted("A complaint with a picture is settled the same day."), None),
            ("social", noted("Neighbours show what they made of it."), 3),
        ),
    ),
    "travel-club": Kind(
        noted("A club that does things together"),
        noted("People who travel, walk or play together, and share the work."),
        ("interest",),
        (
            ("social", noted("Once a month everybody meets, plans, and looks at pictures."), 30),
            ("knowledge", noted("One route a week: where, when, and what it cost."), 7),
            ("emotion", noted("Whoever comes home tells the best hour of it."), 7),
        ),
    ),
    "knowledge-column": Kind(
        noted("Readers of a column"),
        noted("People who learn something together, and pay for it."),
        ("interest",),
        (
            ("knowledge", noted("One paper a week, read together."), 7),
            ("official", noted("Every question is answered within a day, also the tenth time."), None),
            ("social", noted("A question hour every week, live."), 7),
        ),
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
