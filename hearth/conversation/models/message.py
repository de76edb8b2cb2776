"""Messages as readers see them now, and the rows behind each of their states."""

from django.db import models

from hearth.conversation.models.room import Room
from hearth.core.models.fact import Origin
from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now


class MessageState(models.TextChoices):
    """Visible, hidden by a keeper (may come back), or removed by its author (a tombstone stays)."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    REMOVED = "removed"


class Message(TenantModel):
    """One message. ``number`` is that of its post entry; display order is ``occurred_at``, then ``number``.

    ``client_id`` makes a repeated post harmless; (source, external id) makes a repeated import harmless. ``html`` is
    empty until a message that needs the full Markdown renderer is first rendered (see ``rendering``).
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField()
    author = models.ForeignKey("people.Identity", on_delete=models.PROTECT, related_name="+", db_index=False)
    client_id = models.CharField(max_length=64, null=True)
    source = models.CharField(max_length=60, null=True)
    external_id = models.CharField(max_length=200, null=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    renderer = models.PositiveSmallIntegerField(default=0)
    topic = models.CharField(max_length=200, blank=True)
    reply_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    thread = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.ORGANIC)
    author_role = models.CharField(max_length=20, blank=True)
    is_question = models.BooleanField(default=False)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    first_answer_at = models.DateTimeField(null=True, blank=True)
    accepted_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.VISIBLE)
    pinned_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    reactions = models.JSONField(default=dict)
    reply_count = models.PositiveIntegerField(default=0)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=now)
    historical = models.BooleanField(default=False)
    retention = models.CharField(max_length=20, default="talk")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="conversation_message_number_once"),
            models.UniqueConstraint(
                fields=["author", "client_id"],
                condition=models.Q(client_id__isnull=False),
                name="conversation_client_id_once",
            ),
            models.UniqueConstraint(
                fields=["room", "external_id", "source"],
                condition=models.Q(external_id__isnull=False),
                name="conversation_external_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["room", "occurred_at", "number"], name="conversation_in_order"),
            models.Index(
                fields=["thread", "occurred_at"],
                condition=models.Q(thread__isnull=False),
                name="conversation_of_thread",
            ),
            models.Index(
                fields=["community", "occurred_at"],
                condition=models.Q(is_question=True, first_answer_at__isnull=True, state="visible"),
                name="conversation_unanswered",
            ),
            models.Index(fields=["author", "-id"], name="conversation_of_author"),
            models.Index(
                fields=["room", "topic"],
                condition=models.Q(thread__isnull=True) & ~models.Q(topic=""),
                name="conversation_topic_roots",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class MessageVersion(TenantModel):
    """What a message said before an edit."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    until = models.DateTimeField(default=now)
    by = models.CharField(max_length=40)


class Hiding(TenantModel):
    """A keeper hid a message, for a reason its author is told; restored when ``restored_at`` is set."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=models.Q(restored_at__isnull=True), name="conversation_hidden_once"
            )
        ]


class Reaction(TenantModel):
    """One emoji of one author on one message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey("people.Identity", on_delete=models.CASCADE, related_name="+", db_index=False)
    emoji = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "author", "emoji"], name="conversation_reaction_once")
        ]


class Mention(TenantModel):
    """A message calls somebody, by id."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", db_index=False)
    identity = models.ForeignKey("people.Identity", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "identity"], name="conversation_mention_once")]


class Pin(TenantModel):
    """A keeper keeps a message in sight; taken down when ``until`` is set."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True, blank=True)


class AcceptedAnswer(TenantModel):
    """The answer that settled a question; *verified* when a verified professional gave or confirmed it."""

    question = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    answer = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    verified = models.BooleanField(default=False)
    at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=models.Q(withdrawn_at__isnull=True), name="conversation_accepted_once"
            )
        ]
