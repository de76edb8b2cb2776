"""Who may act in the communities that another one is copied to."""

from collections.abc import Iterable

from hearth.blueprint.registry import APPLY
from hearth.core.errors import NotAllowed
from hearth.core.models import Community, User
from hearth.core.permissions import Actor, demand, house_actor, may
from hearth.groups.access import resolve_actor


def demand_founding(actor: Actor) -> None:
    """Founding is for whoever runs the house: its commands, and platform administrators. Raises NotAllowed."""
    demand(actor, APPLY.key)
    if not may_found(actor):
        raise NotAllowed()


def may_found(actor: Actor) -> bool:
    """Whether ``demand_founding`` lets pass."""
    return may(actor, APPLY.key) and (actor.kind == "house" or actor.is_platform_admin)


def actor_in(actor: Actor, community: Community) -> Actor:
    """Who ``actor`` is in another community, with the rights they hold there and no others.

    The house is the house in each. Raises NotAllowed for whoever may not apply blueprints there.
    """
    if actor.kind == "house":
        return house_actor(community.pk)
    user = User.objects.filter(pk=actor.user_id or 0).first()
    found = resolve_actor(user, community) if user is not None else None
    if found is None or not may(found, APPLY.key):
        raise NotAllowed()
    return found


def may_in_all(actor: Actor, communities: Iterable[Community]) -> bool:
    """Whether somebody may apply blueprints in each of these."""
    try:
        for one in communities:
            actor_in(actor, one)
    except NotAllowed:
        return False
    return True
