"""What every page of a group in the portal shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from hearth.core.permissions import GroupRole, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.access import roles_in
from hearth.groups.models import Group
from hearth.groups.registry import ADMIT, INVITE, MANAGE_GROUP, SEE_MEMBER_LIST, TEND


def group_context(request: HttpRequest, group: Group) -> dict[str, Any]:
    """What every page of a group shows: its name, the reader's roles and the tabs these open."""
    actor = request.actor  # type: ignore[attr-defined]
    roles = roles_in(actor, group)
    offered = [
        ("card", _("Card"), "info", True),
        ("tending", _("How it goes"), "flame", may(actor, TEND.key, roles)),
        ("members", _("Members"), "users", may(actor, SEE_MEMBER_LIST.key, roles)),
        ("links", _("Invite"), "qr-code", may(actor, INVITE.key, roles)),
        ("applications", _("Requests"), "user-check", may(actor, ADMIT.key, roles)),
        ("waiting", _("Line"), "list", bool(group.capacity) and may(actor, ADMIT.key, roles)),
        ("door", _("Door"), "key-round", may(actor, MANAGE_GROUP.key, roles)),
        ("settings", _("Settings"), "settings", may(actor, MANAGE_GROUP.key, roles)),
    ]
    tabs = [
        {"key": key, "label": label, "icon": icon, "url": link(f"groups:{key}", group_id=group.pk)}
        for key, label, icon, open_ in offered
        if open_
    ]
    return {
        "group": group,
        "group_name": best(group.name),
        "roles": roles,
        "is_in": GroupRole.MEMBER in roles,
        "is_owner": GroupRole.OWNER in roles,
        "tabs": tabs,
        "nav_active": "groups" if GroupRole.MEMBER in roles else "discover",
    }
