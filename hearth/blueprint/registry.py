"""Which rights blueprint declares. Each part needs its own right besides."""

from hearth.core.permissions import RUNNING, permission

APPLY = permission("blueprint.apply", "Apply blueprints and roll them back", staff=RUNNING)
