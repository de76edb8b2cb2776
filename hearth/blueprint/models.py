"""Revisions of blueprints, their steps, and batches of copies that are made by revisions."""

from django.conf import settings
from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now


class CopyBatch(TenantModel):
    """Copies of one original, made together: what stood of it then, what copies say otherwise, and by whom.

    How far it is follows from its copies and its revisions.
    """

    number = models.PositiveIntegerField()  # counted in each community
    part = models.CharField(max_length=40)  # the part of blueprints that the original belongs to
    key = models.CharField(max_length=60)  # of the original
    stood = models.JSONField(default=dict)
    sets = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    source = models.CharField(max_length=200, blank=True)  # the name of the table's file
    first = models.PositiveIntegerField(default=1)  # so many are made first, then somebody looks; 0: all at once
    strict = models.BooleanField(default=True)  # stops at the first that is refused
    by = models.CharField(max_length=40)
    begun_at = models.DateTimeField(default=now)
    rolled_back_at = models.DateTimeField(null=True, blank=True)
    rolled_back_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "number"], name="blueprint_batch_number_once")]
        indexes = [models.Index(fields=["community", "part", "key"], name="blueprint_batches_of")]
        verbose_name_plural = "copy batches"

    def __str__(self) -> str:
        return f"batch {self.number}"


class Copy(TenantModel):
    """One line of a batch: the key of the copy and the values that were filled in."""

    batch = models.ForeignKey(CopyBatch, on_delete=models.CASCADE, related_name="copies")
    line = models.PositiveIntegerField()  # in the table; the order in which they are made
    key = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    left_out = models.BooleanField(default=False)  # refused, and passed over
    founded = models.ForeignKey(  # where the copy is a community
        "core.Community", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    done_at = models.DateTimeField(null=True, blank=True)  # of a community: all of it was made
    began_with = models.PositiveIntegerField(null=True, blank=True)  # of a community: the revision there that made it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "key"], name="blueprint_copy_once")]
        indexes = [models.Index(fields=["community", "key"], name="blueprint_copy_of_key")]
        verbose_name_plural = "copies"


class Revision(TenantModel):
    """One plan that is or was carried out: by whom, from which text. It is open until ``ended_at``."""

    number = models.PositiveIntegerField()  # counted in each community
    source = models.CharField(max_length=200, blank=True)  # the name of the file or folder
    files = models.JSONField(default=list)  # (name, text) of each, as they were given; [] for a way back
    undoes = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=40)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    begun_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    stopped = models.BooleanField(default=False)  # ended before its last step
    strict = models.BooleanField(default=False)  # ends at the first step that is refused
    upkeep = models.BooleanField(default=False)  # brings copies up to date with their original
    batch = models.ForeignKey(CopyBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="revisions")
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="blueprint_revision_number_once"),
            models.UniqueConstraint(
                fields=["community"], condition=models.Q(ended_at__isnull=True), name="blueprint_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"


class Step(TenantModel):
    """One change of a revision: what it was before, what it is after; done, refused or still to do."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    section = models.CharField(max_length=40)
    key = models.CharField(max_length=254, blank=True)
    kind = models.CharField(max_length=6)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)  # carried out, or refused
    refused = models.JSONField(default=dict)  # why it was not done: sentence and params; {} when it was

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "number"], name="blueprint_step_once")]


class Draft(TenantModel):
    """What the guided start was told so far, until it is applied or thrown away; a community has at most one.

    ``answers`` has under each screen what was told (None for one that was left out), its version, by whom and when.
    """

    start = models.CharField(max_length=20)  # a kind, "standing" or "nothing"
    language = models.CharField(max_length=7)  # in which its texts are written
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField(default=now)
    told_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community"], name="blueprint_draft_once")]
