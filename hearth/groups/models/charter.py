"""What a community is for, and the organisation it lives in."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.core.texts import LocalText
from hearth.groups.types import CommunityType, PlaceKind


class Charter(TenantModel):
    """A community's purpose, audience, values and goals; the private purpose stands beside the proclaimed one."""

    purpose = LocalText()
    private_purpose = LocalText()
    type = models.CharField(max_length=12, choices=CommunityType.choices, default=CommunityType.AUXILIARY)
    serves_link = models.CharField(max_length=30, blank=True)
    audience = LocalText()
    values = LocalText()
    goals = LocalText()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community"], name="groups_charter_once")]


class Place(TenantModel):
    """A node of the organisation's tree. ``path`` is ``/1/7/`` with the ids from the root, for one-query subtrees."""

    key = models.SlugField(max_length=60)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=PlaceKind.choices)
    name = LocalText()
    path = models.CharField(max_length=200, blank=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "key"], name="groups_place_key_once")]
