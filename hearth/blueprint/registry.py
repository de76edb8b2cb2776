"""Which rights blueprint declares. Each part needs its own right besides."""

from hearth.core.permissions import RUNNING, permission

APPLY = permission("blueprint.apply", "Apply blueprints, copy groups, and roll either back", staff=RUNNING)
