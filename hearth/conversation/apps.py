"""Django's name for this module."""

from django.apps import AppConfig


class ConversationConfig(AppConfig):
    """conversation"""

    name = "hearth.conversation"
    label = "conversation"
    default_auto_field = "django.db.models.BigAutoField"
