"""Pictures and files: taken in, made harmless, counted, and swept away when they were never posted."""

from datetime import timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Count, Sum

from hearth.conversation.access import RoomAccess
from hearth.conversation.errors import BadFile, FileTooLarge, QuotaReached, UnknownFile
from hearth.conversation.models import Attachment
from hearth.conversation.models.reading import AttachmentKind
from hearth.conversation.rules import files, posting
from hearth.core import storage
from hearth.core.community_settings import declare, value_of
from hearth.core.errors import NotAllowed
from hearth.kit import pictures
from hearth.kit.clock import now

MB = 1_000_000
ORPHAN_HOURS = 24
THUMB = ".thumb"
FILE_MB = declare(
    "conversation.file_mb",
    "Largest file in megabytes",
    help="Pictures and files above this size are refused.",
    kind="int",
    default=12,
    minimum=1,
    maximum=100,
)
FILES_PER_DAY = declare(
    "conversation.files_per_day",
    "Files per person and day",
    help="How many pictures and files one person may share in 24 hours.",
    kind="int",
    default=60,
    minimum=1,
    maximum=5000,
)
MEGABYTES_PER_DAY = declare(
    "conversation.megabytes_per_day",
    "Megabytes per person and day",
    help="How much one person may share in 24 hours.",
    kind="int",
    default=150,
    minimum=1,
    maximum=10_000,
)


class Upload(Protocol):
    """A file as a form brings it."""

    @property
    def name(self) -> str | None:
        """What its sender calls it."""

    @property
    def size(self) -> int | None:
        """Its bytes."""

    def read(self, amount: int = ..., /) -> bytes:
        """Up to ``amount`` bytes."""


def attach(access: RoomAccess, upload: Upload) -> Attachment:
    """Take a picture or file into a room, not yet on a message. Raises the refusals of voice, size, kind and quota."""
    actor = access.actor
    refusal = posting.refusal_of_voice(access.right, now())
    if refusal is not None:
        raise refusal
    if actor.member_id is None:
        raise NotAllowed()
    limit = value_of(FILE_MB)
    if (upload.size or 0) > limit * MB:
        raise FileTooLarge(limit=limit, field="files")
    data = upload.read(limit * MB + 1)
    if len(data) > limit * MB:
        raise FileTooLarge(limit=limit, field="files")
    _refuse_over_quota(actor.member_id, len(data))
    name = upload.name or ""
    kind = files.type_of(data, name) if data else None
    if kind is None:
        raise UnknownFile(field="files")
    return _picture(access, data, name) if kind.picture else _file(access, data, name, kind)


def _refuse_over_quota(member_id: int, size: int) -> None:
    since = now() - timedelta(hours=24)
    used = Attachment.objects.filter(uploader_id=member_id, created_at__gt=since).aggregate(
        count=Count("pk"), bytes=Sum("size")
    )
    if used["count"] >= value_of(FILES_PER_DAY) or (used["bytes"] or 0) + size > value_of(MEGABYTES_PER_DAY) * MB:
        raise QuotaReached(field="files")


def _picture(access: RoomAccess, data: bytes, name: str) -> Attachment:
    try:
        clean = pictures.clean(data)
    except pictures.TooManyPixels as problem:
        raise BadFile("This picture has too many pixels. Make it smaller and try again.", field="files") from problem
    except pictures.BadPicture as problem:
        raise BadFile(field="files") from problem
    media_type, ending = files.PICTURE_TYPES[clean.format]
    kept = storage.keep(clean.data, ending)
    storage.keep_beside(kept, clean.thumb, THUMB)
    return _row(access, AttachmentKind.PICTURE, files.safe_name(name, ending), media_type, kept, clean)


def _file(access: RoomAccess, data: bytes, name: str, kind: files.FileType) -> Attachment:
    kept = storage.keep(data, kind.ending)
    return _row(access, AttachmentKind.FILE, files.safe_name(name, kind.ending), kind.media_type, kept, None)


def _row(
    access: RoomAccess,
    kind: AttachmentKind,
    name: str,
    media_type: str,
    kept: storage.Kept,
    picture: pictures.CleanPicture | None,
) -> Attachment:
    return Attachment.objects.create(
        room_id=access.room.pk,
        uploader_id=access.actor.member_id,
        kind=kind,
        name=name,
        media_type=media_type,
        size=kept.size,
        digest=kept.digest,
        stored_as=kept.name,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
    )


@transaction.atomic
def discard(access: RoomAccess, attachment_id: int) -> None:
    """The uploader takes a file away that is not on a message yet; anything else changes nothing."""
    Attachment.objects.filter(
        pk=attachment_id, room_id=access.room.pk, uploader_id=access.actor.member_id, message=None
    ).delete()


def sweep_orphans() -> tuple[int, int]:
    """Remove uploads that were never posted, then stored files that no row names: (rows, files) removed.

    A file younger than a day is left alone, so that an upload in progress keeps what it just wrote.
    """
    before = now() - timedelta(hours=ORPHAN_HOURS)
    rows, _by_table = Attachment.objects.filter(message=None, created_at__lt=before).delete()
    dropped = 0
    for name in list(storage.kept_before(before)):
        owner = name.removesuffix(THUMB)
        if not Attachment.objects.filter(stored_as=owner).exists():
            storage.drop(name)
            dropped += 1
    return rows, dropped
