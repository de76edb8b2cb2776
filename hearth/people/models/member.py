"""Members: persons in a community."""

from typing import Any

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.kit.search_terms import lookup_terms
from hearth.people.models.person import Person
from hearth.people.types import MemberKind


class LookupTerms(models.TextField):
    """What a row is found by: the terms of ``of``, made anew whenever the row is saved, alone or in bulk.

    A save with ``update_fields`` names this field too, and plain SQL writes it (``services.identities``). The index
    over it is made by migration 0002.
    """

    def __init__(self, *args: Any, of: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, "blank": True, "default": "", **kwargs})
        self.of = of

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The terms of what the row says now."""
        terms = lookup_terms(*(getattr(model_instance, name) for name in self.of))
        setattr(model_instance, self.attname, terms)
        return terms


class Member(TenantModel):
    """A person in a community. The row outlives their leaving, so that what they said keeps its author."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=MemberKind.choices, default=MemberKind.GUEST)
    display_name = models.CharField(max_length=80)
    real_name = models.CharField(max_length=120, blank=True)
    hospital = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    about = models.TextField(max_length=1000, blank=True)
    avatar = models.CharField(max_length=120, blank=True)
    joined_at = models.DateTimeField(default=now)
    left_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    merge_batch = models.UUIDField(null=True, blank=True)  # names the merge, so that exactly it can be undone
    last_seen_on = models.DateField(null=True, blank=True)
    retention = models.CharField(max_length=20, default="member")
    search_terms = LookupTerms(of=("display_name", "real_name", "hospital", "department"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"],
                condition=models.Q(merged_into__isnull=True),
                name="people_member_once",
            )
        ]
        indexes = [
            models.Index(fields=["community", "display_name"], name="people_member_by_name"),
            models.Index(fields=["community", "-joined_at"], name="people_member_newest"),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"


class MemberTag(TenantModel):
    """A tag on a member. *Sensitive* ones (conditions, age, sex) are unusable without a live consent."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    tag = models.CharField(max_length=60)
    sensitive = models.BooleanField(default=False)
    at = models.DateTimeField(default=now)
    by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "tag"], name="people_tag_once")]


class Block(TenantModel):
    """One member does not want to hear from another; the other is not told."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    blocked = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "blocked"], name="people_block_once"),
            models.CheckConstraint(condition=~models.Q(member=models.F("blocked")), name="people_block_not_self"),
        ]
