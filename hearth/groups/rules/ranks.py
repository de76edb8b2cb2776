"""Who stands above whom in a group."""

from collections.abc import Collection

RANKS = {"owner": 3, "keeper": 2, "assistant": 1, "member": 0}


def rank_of(roles: Collection[str]) -> int:
    """The highest rank of the roles held; -1 outside the group."""
    return max((RANKS[role] for role in roles), default=-1)


def outranks(actor_roles: Collection[str], target_roles: Collection[str]) -> bool:
    """Whether the actor stands above the target; equals never act on each other."""
    return rank_of(actor_roles) > rank_of(target_roles)
