"""Reads what modules register, so that no registering import hides in a function."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

# In this order: what others plug into comes before those who plug in.
REGISTERING = (
    "registry",
    "facts",
    "jobs",
    "handlers",
    "notices",
    "live",
    "metrics",
    "panels",
    "blueprint",
    "importers",
    "erasers",
)


def discover() -> list[str]:
    """Import the registering files of every installed module of Hearth; returns the names imported."""
    houses = [app.name for app in apps.get_app_configs() if app.name.startswith("hearth.")]
    found = []
    for file in REGISTERING:
        for house in houses:
            name = f"{house}.{file}"
            if find_spec(name) is not None:
                import_module(name)
                found.append(name)
    return found
