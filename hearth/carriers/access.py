"""Uploads fetched and authorised in one act, and the rights that carriers declare."""

from hearth.carriers.models import Upload
from hearth.core.errors import NotFound
from hearth.core.permissions import RUNNING, Actor, may, permission

IMPORT = permission("carriers.import", "Bring archives of talk in, or have them diagnosed", staff=RUNNING)


def upload_for(actor: Actor, upload_id: int) -> Upload:
    """An upload of the community, for those who import. Raises NotFound."""
    if not may(actor, IMPORT.key):
        raise NotFound()
    found = Upload.objects.select_related("trial", "loading", "diagnosis").filter(pk=upload_id).first()
    if found is None:
        raise NotFound()
    return found
