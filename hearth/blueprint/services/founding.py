"""The community that a blueprint means, and who runs it."""

from allauth.account.models import EmailAddress

from hearth.blueprint.types import Description
from hearth.core import audit
from hearth.core.models import Community, User
from hearth.core.permissions import StaffRole, house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.services import found_community, make_staff
from hearth.people.queries import member_with_id, standing_of_user
from hearth.people.services import join_community
from hearth.people.types import MemberKind


def community_of(description: Description) -> tuple[Community, bool]:
    """The community whose short name a description says, founded if it is not there; and whether it was founded.

    Whoever calls this is trusted, as with ``found_community``. Raises Refusal.
    """
    found = Community.objects.filter(key=description.community).first()
    if found is not None:
        return found, False
    part = description.wanted.get("community")
    fields = part.objects[""] if part else {}
    name = fields.get("name") or description.community
    language, zone = fields.get("language", "en"), fields.get("time_zone", "UTC")
    return found_community(description.community, name, language, zone), True


def make_admin(community: Community, email: str, name: str) -> None:
    """Give the person with this address, who may be new, a place in the community, and its administration."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    with community_scope(community):
        there = standing_of_user(user.pk)
        member = member_with_id(there.member_id if there else None) or join_community(
            user, community, kind=MemberKind.STAFF, display_name=name or email.partition("@")[0]
        )
        make_staff(house_actor(community.pk), member, StaffRole.ADMIN)


def make_platform_admin(community: Community, email: str) -> None:
    """Let the person with this address run the whole house: found communities and act in every one.

    Whoever calls this is trusted; it is told in the audit log of the community at hand.
    """
    user = User.objects.get(email=email)
    if user.is_superuser:
        return
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    with community_scope(community):
        there = standing_of_user(user.pk)
        about = f"member:{there.member_id}" if there else f"user:{user.pk}"
        audit.record(house_actor(community.pk), "role_given", about, after={"role": "platform"})
