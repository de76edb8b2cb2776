"""Start of the ground: once all models are loaded, every module's registrations are read."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """core"""

    name = "hearth.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read what the modules register, and the checks of the installation."""
        from hearth.core import checks, discovery  # noqa: F401, PLC0415  models are not loaded before this point

        discovery.discover()
