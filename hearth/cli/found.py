"""``hearth found``: the first act after installing, a community and somebody who may do everything in it."""

from difflib import get_close_matches

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from rich.console import Console

from hearth.blueprint.services import make_admin, make_platform_admin
from hearth.core.errors import Refusal
from hearth.core.models import Community
from hearth.groups.services import found_community
from hearth.notify.services.digests import absolute


def found(*, key: str, admin: str, name: str, admin_name: str, language: str, tz: str, platform: bool = False) -> int:
    """Found ``key`` unless it exists and make ``admin``, an address, its administrator; 2 when refused.

    ``platform``: they may also found communities in the console and act in every one.
    """
    out = Console(markup=False, highlight=False, soft_wrap=True)
    try:
        validate_email(admin)
        with transaction.atomic():
            near = _near(key)
            standing = Community.objects.filter(key=key).first()
            community = standing or found_community(key, name or key, language, tz)
            make_admin(community, admin.lower(), admin_name)
            if platform:
                make_platform_admin(community, admin.lower())
    except (ValidationError, Refusal) as refused:
        said = refused.sentence if isinstance(refused, Refusal) else f"“{admin}” is no e-mail address."
        Console(stderr=True, style="red", markup=False, highlight=False, soft_wrap=True).print(said)
        return 2
    if standing is None:
        meant = f" There is also {' and '.join(near)}: was that meant?" if near else ""
        out.print(f"{key} is founded, a new community.{meant}")
    if platform:
        out.print(f"{admin} may found communities and act in every one.")
    out.print(f"{admin} administers {key}. Sign in with a code by mail: {absolute(f'/c/{key}/console/')}")
    if not settings.EMAIL_HOST:
        out.print(f"EMAIL_HOST is not set, so the code will be in a file in {settings.EMAIL_FILE_PATH}")
    return 0


def _near(key: str) -> list[str]:
    """The communities whose keys are nearly this one."""
    return sorted(get_close_matches(key, Community.objects.exclude(key=key).values_list("key", flat=True), n=3))
