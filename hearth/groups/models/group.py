"""Groups, the norms they live by, and their closing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearth.core.tenancy import TenantModel
from hearth.core.texts import LocalText
from hearth.groups.models.charter import Place
from hearth.groups.types import Lasting, Space, Visibility
from hearth.kit.clock import now


class Group(TenantModel):
    """A room of people with a theme, a function, a capacity and an entry gate."""

    NEXT = "next"

    key = models.SlugField(max_length=60)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    theme = models.CharField(max_length=80, blank=True)
    name = LocalText()
    function = LocalText()
    card = LocalText()
    welcome = LocalText()
    capacity = models.PositiveIntegerField(null=True, blank=True)
    member_count = models.PositiveIntegerField(default=0)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.LISTED)
    space = models.CharField(max_length=12, choices=Space.choices, default=Space.GENERAL)
    name_rule = models.CharField(max_length=80, blank=True)  # what a name card must hold, "{name}-{hospital}"
    definition = models.JSONField(default=list)  # whom it is for: traits of rules.purity
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=50, default="UTC")
    lasting = models.CharField(max_length=8, choices=Lasting.choices, default=Lasting.STANDING)
    ends_on = models.DateField(null=True, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lineage = models.CharField(max_length=10, blank=True)  # split, merge, copy or next of ``parent``
    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(default=now)
    opened_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    retention = models.CharField(max_length=20, default="talk")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "key"], name="groups_group_key_once"),
            models.UniqueConstraint(
                fields=["community", "source", "external_id"],
                condition=~models.Q(source=""),
                name="groups_group_source_once",
            ),
            models.UniqueConstraint(
                fields=["parent"], condition=models.Q(lineage="next"), name="groups_one_next_of_a_series"
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(member_count__lte=models.F("capacity")),
                name="groups_capacity_held",
                violation_error_message=_("The group is full."),
            ),
        ]

    def __str__(self) -> str:
        return f"group {self.pk}"


class GroupClosure(TenantModel):
    """A group is closed because this row exists; reopening sets ``reopened_at``."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="closures")
    why = models.CharField(max_length=300, blank=True)
    completed = models.BooleanField(default=False)
    into = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="+")  # where all went
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(reopened_at__isnull=True), name="groups_closed_once"
            )
        ]


class Norms(TenantModel):
    """One version of a group's norms; a member accepts the newest on entry."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="norms")
    version = models.PositiveIntegerField()
    text = LocalText()
    at = models.DateTimeField(default=now)
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "version"], name="groups_norms_once")]
        verbose_name_plural = "norms"


class NormsAcceptance(TenantModel):
    """A member accepted a version of a group's norms."""

    norms = models.ForeignKey(Norms, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["norms", "member"], name="groups_norms_accepted_once")]
