"""Rooms and their logs."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now


class RoomKind(models.TextChoices):
    """What a room belongs to; only groups have rooms so far."""

    GROUP = "group"
    DIRECT = "direct"
    CASE = "case"
    GATHERING = "gathering"


class Room(TenantModel):
    """A place with a log. ``last_number`` is the counter row that makes the log gap-free."""

    kind = models.CharField(max_length=10, choices=RoomKind.choices, default=RoomKind.GROUP)
    group = models.OneToOneField("groups.Group", null=True, on_delete=models.CASCADE, related_name="+")
    last_number = models.BigIntegerField(default=0)
    last_message_at = models.DateTimeField(null=True, blank=True)
    message_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"room {self.pk}"


class EntryKind(models.TextChoices):
    """What happened in a room that changes what readers see."""

    POST = "post"
    EDIT = "edit"
    HIDE = "hide"
    RESTORE = "restore"
    REMOVE = "remove"
    REACT = "react"
    UNREACT = "unreact"
    PIN = "pin"
    UNPIN = "unpin"
    ACCEPT = "accept"
    UNACCEPT = "unaccept"


class Entry(TenantModel):
    """One numbered line of a room's log, written only by ``conversation.writer``."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    message = models.ForeignKey("conversation.Message", on_delete=models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(
        "people.Identity", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=now)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="conversation_entry_gap_free")]
        verbose_name_plural = "entries"
