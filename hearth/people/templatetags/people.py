"""What sign-in pages need to know."""

from django import template
from django.conf import settings

from hearth.people.registry import DemoPersona, demo_personas

register = template.Library()


@register.simple_tag(name="demo_personas")
def demo_personas_if_on() -> list[DemoPersona]:
    """Whom a visitor may step into: nobody unless this is a demo."""
    return list(demo_personas) if settings.HEARTH_DEMO else []
