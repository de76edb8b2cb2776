"""What groups plugs in below, and how it reacts to facts of people."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from hearth.core.middleware import resolves_actors, resolves_bearers
from hearth.core.models import Fact
from hearth.core.reactions import on
from hearth.core.routing import link
from hearth.groups.access import resolve_actor, resolve_bearer
from hearth.groups.errors import RolesHeld
from hearth.groups.queries import holds_roles, holds_staff_role
from hearth.groups.queries.invited import invited_by
from hearth.groups.queries.onboarding import BROUGHT
from hearth.groups.registry import FirstStep, first_steps
from hearth.groups.services import offer_seats, pass_memberships_on, rosters, take_memberships_back
from hearth.groups.services.badge_first import open_ways
from hearth.groups.services.name_cards import look_at_card
from hearth.groups.services.onboarding import give_buddy
from hearth.groups.types import Space
from hearth.people.queries import with_full_cards
from hearth.people.registry import RosterPlaces, before_merge, invitations, roster_places, staff_marks

resolves_actors(resolve_actor)
resolves_bearers(resolve_bearer)


def no_roles_held(from_member: Any, into_member: Any) -> None:
    """A member who holds roles is not merged away. Raises RolesHeld."""
    if holds_roles(from_member):
        raise RolesHeld()


staff_marks[:] = [holds_staff_role]
before_merge.append(no_roles_held)
invitations.append(invited_by)
roster_places.append(RosterPlaces(rosters.fillable, rosters.outlook, rosters.let_in, rosters.take_out))


@on("people.members_merged", key="groups.pass_memberships_on")
def memberships_follow_merge(fact: Fact) -> None:
    """The member that is left takes the places of the one merged into them."""
    pass_memberships_on(fact.data["from_member"], fact.data["into_member"], UUID(fact.data["batch"]))


@on("people.merge_undone", key="groups.take_memberships_back")
def memberships_return(fact: Fact) -> None:
    """Every place returns to whom it belonged."""
    take_memberships_back(fact.data["from_member"], fact.data["into_member"], UUID(fact.data["batch"]))


@on("groups.member_admitted", key="groups.give_buddy")
def newcomers_get_a_buddy(fact: Fact) -> None:
    """Somebody who tends the group greets whoever came in; who was brought over with others is no newcomer."""
    if fact.data["how"] not in BROUGHT:
        give_buddy(fact.data["group"], fact.data["member"])


first_steps.register(
    "groups.name_card",
    FirstStep(
        "groups.name_card",
        gettext_noop("Fill in your name card: name, hospital, department"),
        lambda _group: link("people:profile"),
        lambda group: group.space == Space.PROFESSIONAL,
        lambda _group, members: with_full_cards(members),
        order=10,
    ),
)


@on("groups.member_left", "groups.group_changed", "groups.group_reopened", key="groups.offer_seats")
def seats_are_offered(fact: Fact) -> None:
    """A place that became free is offered to the next in line."""
    if not fact.historical:
        offer_seats(fact.data["group"])


@on("people.person_verified", key="groups.open_ways")
def ways_are_open(fact: Fact) -> None:
    """Whoever asked for a badge before coming in is led back to where they came from."""
    open_ways(fact.data["member"])


@on("people.profile_changed", key="groups.look_at_card")
def card_changed(fact: Fact) -> None:
    """Groups with a rule for name cards look at a card that changed."""
    look_at_card(fact.data["member"], fact.data["fields"])
