"""What a community is for."""

from hearth.groups.models import Charter


def charter_of() -> Charter:
    """The charter of the community in scope; an unsaved one where none was written."""
    return Charter.objects.first() or Charter()
