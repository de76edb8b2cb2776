"""Posting declares settings that a blueprint may name: they are known before the first page is opened."""

from hearth.conversation.services import posting

__all__ = ["posting"]
