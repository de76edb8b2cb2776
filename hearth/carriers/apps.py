"""Django's name for this module."""

from django.apps import AppConfig


class CarriersConfig(AppConfig):
    """carriers"""

    name = "hearth.carriers"
    label = "carriers"
