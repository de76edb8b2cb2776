"""What groups plugs in below, and how it reacts to facts of people."""

from typing import Any
from uuid import UUID

from hearth.core.middleware import resolves_actors, resolves_bearers
from hearth.core.models import Fact
from hearth.core.reactions import on
from hearth.groups.access import resolve_actor, resolve_bearer
from hearth.groups.errors import RolesHeld
from hearth.groups.queries import holds_roles, holds_staff_role
from hearth.groups.services import pass_memberships_on, take_memberships_back
from hearth.people.registry import before_merge, staff_marks

resolves_actors(resolve_actor)
resolves_bearers(resolve_bearer)


def no_roles_held(from_member: Any, into_member: Any) -> None:
    """A member who holds roles is not merged away. Raises RolesHeld."""
    if holds_roles(from_member):
        raise RolesHeld()


staff_marks[:] = [holds_staff_role]
before_merge.append(no_roles_held)


@on("people.members_merged", key="groups.pass_memberships_on")
def memberships_follow_merge(fact: Fact) -> None:
    """The member that is left takes the places of the one merged into them."""
    pass_memberships_on(fact.data["from_member"], fact.data["into_member"], UUID(fact.data["batch"]))


@on("people.merge_undone", key="groups.take_memberships_back")
def memberships_return(fact: Fact) -> None:
    """Every place returns to whom it belonged."""
    take_memberships_back(fact.data["from_member"], fact.data["into_member"], UUID(fact.data["batch"]))
