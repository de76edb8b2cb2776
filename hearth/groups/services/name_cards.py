"""What follows when somebody changes their name card."""

from collections.abc import Collection

from hearth.core.facts import emit
from hearth.groups.facts import CardToMend
from hearth.groups.queries.name_cards import gaps_of
from hearth.people.queries import member_with_id
from hearth.people.rules.names import LACKED_BY


def look_at_card(member_id: int, changed: Collection[str]) -> None:
    """Tell, in the running transaction, the groups whose rules a card fails since these fields changed.

    What it lacked before is not told again.
    """
    member = member_with_id(member_id)
    for group, lacks in gaps_of(member) if member is not None else []:
        if any(LACKED_BY[lack] & set(changed) for lack in lacks):
            emit(CardToMend(group=group.pk, member=member_id), subject=f"group:{group.pk}")
