"""What readers leave behind: marks, bookmarks, the day they were seen; and the files they share."""

from django.db import models

from hearth.conversation.models.message import Message
from hearth.conversation.models.room import Room
from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now


class ReadMark(TenantModel):
    """How far a member has read a room."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    number = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "member"], name="conversation_mark_once")]


class Seen(TenantModel):
    """A member was in a room on a day. Reading is kept at this grain only, and is no fact."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "member", "day"], name="conversation_seen_once")]


class Bookmark(TenantModel):
    """A member keeps a message for later."""

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "message"], name="conversation_bookmark_once")]


class AttachmentKind(models.TextChoices):
    """A picture is re-encoded by us; a file is stored as it came and always downloaded, never shown."""

    PICTURE = "picture"
    FILE = "file"


class Attachment(TenantModel):
    """A picture or file in a room. Readable by whoever may read the room; without a message only by its uploader."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    uploader = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=AttachmentKind.choices)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=120)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=now)
    retention = models.CharField(max_length=20, default="talk")
