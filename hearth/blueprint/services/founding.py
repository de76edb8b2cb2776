"""The community that a blueprint means."""

from hearth.blueprint.types import Description
from hearth.core.models import Community
from hearth.groups.services import found_community


def community_of(description: Description) -> tuple[Community, bool]:
    """The community whose short name a description says, founded if it is not there; and whether it was founded.

    Whoever calls this is trusted, as with ``found_community``. Raises Refusal.
    """
    found = Community.objects.filter(key=description.community).first()
    if found is not None:
        return found, False
    part = description.wanted.get("community")
    fields = part.objects[""] if part else {}
    name = fields.get("name") or description.community
    language, zone = fields.get("language", "en"), fields.get("time_zone", "UTC")
    return found_community(description.community, name, language, zone), True
