"""What others ask of a name card that it does not hold."""

from collections.abc import Collection, Mapping

from hearth.people.models import Member
from hearth.people.registry import CardGap, card_gaps


def gaps_of_card(member: Member, changes: Mapping[str, str] | None = None) -> list[CardGap]:
    """Rules that a member's card does not hold, as it is or as changed fields would leave it."""
    return [gap for told in card_gaps for gap in told(member, changes or {})]


def fresh_gaps(member: Member, gaps: Collection[CardGap], changes: Mapping[str, str]) -> list[CardGap]:
    """Those that changed fields would open beside the ``gaps`` there are."""
    had = {gap.key: gap.lacks for gap in gaps}
    return [gap for gap in gaps_of_card(member, changes) if gap.lacks - had.get(gap.key, frozenset())]
