"""Persons, and the identities under which they speak."""

from django.conf import settings
from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.kit.ids import new_key


class Person(models.Model):
    """One human across communities. ``user`` is None until somebody signs in as them (imported people)."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    real_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"person {self.pk}"


class Identity(TenantModel):
    """How a member is known at one source. Authors of messages are identities and are never rewritten.

    Claiming or merging points the identity at another member; ``IdentityClaim`` keeps the way back.
    """

    NATIVE = "hearth"

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="identities")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=120, blank=True)
    is_bot = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "source", "external_id"], name="people_identity_once")
        ]
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class IdentityClaim(TenantModel):
    """An identity passed from one member to another (a claim or a merge); undone when ``undone_at`` is set."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    from_member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    to_member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    batch = models.UUIDField(default=new_key)
    why = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True)


class Merge(TenantModel):
    """What a merge of two members did beside passing identities on, so that exactly it can be taken back.

    ``taken``: field → (value before, value taken); ``tags`` were copied; ``contact``: the way to reach them moved.
    """

    batch = models.UUIDField(unique=True)
    from_member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    into_member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    taken = models.JSONField(default=dict)
    tags = models.JSONField(default=list)
    contact = models.BooleanField(default=False)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_member"], condition=models.Q(undone_at=None), name="people_merged_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(from_member=models.F("into_member")), name="people_merge_not_self"
            ),
        ]
