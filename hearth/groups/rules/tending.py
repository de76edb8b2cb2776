"""Who tends which part of a split: keepers change places, and the group itself is where its owner is."""

from collections.abc import Collection, Iterable, Mapping

from hearth.groups.rules.ties import Tie

AMONG_STRANGERS = 0.5  # with fewer of one's strong ties than this share


def strong_by_part(member: int, where: Mapping[int, int], ties: Iterable[Tie]) -> dict[int, int]:
    """Part → strong ties that a member has into it."""
    found: dict[int, int] = {}
    for one in ties:
        if one.is_strong and member in {one.a, one.b}:
            other = one.b if one.a == member else one.a
            if other in where:
                found[where[other]] = found.get(where[other], 0) + 1
    return found


def circle_elsewhere(own: int, found: Mapping[int, int]) -> int | None:
    """The part with most of a member's strong ties, ``found`` by part, where fewer than half are in their ``own``; None
    for all others.
    """
    if not found or found.get(own, 0) >= AMONG_STRANGERS * sum(found.values()):
        return None
    return min(found, key=lambda part: (-found[part], part))


def kept_by(
    where: Mapping[int, int], ties: Iterable[Tie], tending: Collection[int], owner: int | None, part: int, chosen: int
) -> dict[int, int]:
    """Member → part, when ``chosen`` of those who tend the group keeps ``part``.

    Where that leaves nobody to tend the part they come from, whoever kept ``part`` goes there, of several the one who
    has most strong ties there. The part of the owner then gets number 0.
    """
    found, left, known = dict(where), where[chosen], list(ties)
    found[chosen] = part
    if left != part and not any(found[one] == left for one in tending):
        others = [one for one in sorted(tending) if found[one] == part and one != chosen]
        if others:
            found[max(others, key=lambda one: strong_by_part(one, where, known).get(left, 0))] = left
    mine = 0 if owner is None else found.get(owner, 0)
    numbers = {mine: 0, 0: mine}
    return {member: numbers.get(one, one) for member, one in found.items()}
