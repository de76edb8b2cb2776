"""Who belongs where: memberships and roles as intervals, restrictions, and the links that let people in."""

from django.db import models

from hearth.core.permissions import GroupRole, StaffRole
from hearth.core.tenancy import TenantModel
from hearth.groups.models.group import Group
from hearth.groups.types import JoinedBy, LeftBy, RestrictionKind
from hearth.kit.clock import now

ROLE_NAMES = [(role.value, role.value) for role in (*StaffRole, *GroupRole)]


class Membership(TenantModel):
    """A member's time in a group: open while ``left_at`` is empty, and open at most once."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    joined_at = models.DateTimeField(default=now)
    joined_by = models.CharField(max_length=12, choices=JoinedBy.choices)
    invited_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    link = models.ForeignKey("groups.JoinLink", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    entry_code = models.ForeignKey(
        "groups.EntryCode", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.CharField(max_length=12, choices=LeftBy.choices, blank=True)
    left_why = models.CharField(max_length=300, blank=True)
    merge_batch = models.UUIDField(null=True, blank=True)  # passed on by this merge of two members

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "member"], condition=models.Q(left_at__isnull=True), name="groups_membership_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["member", "left_at"], name="groups_membership_of_member"),
            models.Index(fields=["group", "left_at", "joined_at"], name="groups_membership_of_group"),
        ]


class RoleAssignment(TenantModel):
    """A role over an interval; without a group it is a staff role over the whole community."""

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=12, choices=ROLE_NAMES)
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField(max_length=40)
    why = models.CharField(max_length=200, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)  # in words, or how the membership ended (LeftBy)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "group", "role"],
                condition=models.Q(until__isnull=True, group__isnull=False),
                name="groups_group_role_open_once",
            ),
            models.UniqueConstraint(
                fields=["member", "role"],
                condition=models.Q(until__isnull=True, group__isnull=True),
                name="groups_staff_role_open_once",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(until__isnull=True, role="owner"),
                name="groups_one_owner_of_record",
            ),
        ]
        indexes = [models.Index(fields=["group", "until"], name="groups_role_of_group")]


class Restriction(TenantModel):
    """A restriction of a member in one group, or everywhere; it expires, and may be lifted earlier."""

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4, choices=RestrictionKind.choices)
    why = models.CharField(max_length=300)
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=40)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["member", "kind", "lifted_at"], name="groups_restriction_live")]


class JoinLink(TenantModel):
    """A link (and its QR code) into a group: counted, limited, revocable. With ``email`` it invites one person."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="links")
    code = models.CharField(max_length=16, unique=True)
    created_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    welcome = models.CharField(max_length=500, blank=True)  # instead of the group's, for those who come by it
    email = models.EmailField(blank=True)  # an invitation: works for whoever has shown that this address is theirs

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_uses__isnull=True) | models.Q(uses__lte=models.F("max_uses")),
                name="groups_link_uses_held",
            )
        ]
