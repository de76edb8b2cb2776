"""What happens to communities: charter, places, duties."""

from hearth.core.facts import fact


@fact("groups.community_founded")
class CommunityFounded:
    """A community was founded."""

    community: int
    type: str


@fact("groups.charter_changed")
class CharterChanged:
    """Purpose, audience, values or goals were rewritten; ``fields`` names what."""

    fields: list[str]


@fact("groups.community_changed")
class CommunityChanged:
    """A community got another name, language or clock; ``fields`` names what."""

    fields: list[str]


@fact("groups.place_added")
class PlaceAdded:
    """The organisation's tree got a node."""

    place: int
    parent: int | None
    kind: str


@fact("groups.place_changed")
class PlaceChanged:
    """A node of the organisation's tree was renamed or moved; ``fields`` names what."""

    place: int
    fields: list[str]


@fact("groups.place_removed")
class PlaceRemoved:
    """A node of the organisation's tree is gone; its groups stand at no place."""

    place: int


@fact("groups.duty_set")
class DutySet:
    """A duty was described or its roster written anew; ``turns`` is how many turns a week it has."""

    duty: int
    turns: int


@fact("groups.duty_removed")
class DutyRemoved:
    """A duty is no longer planned."""

    duty: int
