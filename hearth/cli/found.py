"""``hearth found``: the first act after installing, a community and somebody who may do everything in it."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from rich.console import Console

from hearth.core.errors import Refusal
from hearth.core.models import Community, User
from hearth.core.permissions import StaffRole, house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.services import found_community, make_staff
from hearth.notify.services.digests import absolute
from hearth.people.queries import member_with_id, standing_of_user
from hearth.people.services import join_community
from hearth.people.types import MemberKind


def found(*, key: str, admin: str, name: str, admin_name: str, language: str, tz: str) -> int:
    """Found ``key`` unless it exists and make ``admin``, an address, its administrator; 2 when refused."""
    out = Console(markup=False, highlight=False, soft_wrap=True)
    try:
        validate_email(admin)
        with transaction.atomic():
            community = Community.objects.filter(key=key).first() or found_community(key, name or key, language, tz)
            make_admin(community, admin.lower(), admin_name)
    except (ValidationError, Refusal) as refused:
        said = refused.sentence if isinstance(refused, Refusal) else f"“{admin}” is no e-mail address."
        Console(stderr=True, style="red", markup=False, highlight=False, soft_wrap=True).print(said)
        return 2
    out.print(f"{admin} administers {key}. Sign in with a code by mail: {absolute(f'/c/{key}/console/')}")
    if not settings.EMAIL_HOST:
        out.print(f"EMAIL_HOST is not set, so the code will be in a file in {settings.EMAIL_FILE_PATH}")
    return 0


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
