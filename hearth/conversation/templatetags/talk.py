"""Tags of talk: addresses in the community in scope, sizes of files, safe HTML of messages."""

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString, mark_safe

from hearth.conversation.rules.rendering import excerpt as first_words
from hearth.core.routing import link as address
from hearth.core.texts import best

register = template.Library()


@register.simple_tag
def link(name: str, *args: object) -> str:
    """The address of a route of this community."""
    return address(name, *args)


@register.filter
def in_language(texts: dict[str, str]) -> str:
    """An operator's text in the reader's language."""
    return best(texts)


@register.filter
def size(bytes_: int) -> str:
    """A file's size as people read it."""
    return filesizeformat(bytes_)


@register.filter
def message_html(html: str) -> SafeString:
    """The stored HTML of a message: it came out of the sanitiser (rules/rendering), or is escaped text."""
    return mark_safe(html)


@register.filter
def plain(html_or_text: str) -> str:
    """The beginning of a text in plain words."""
    return first_words(html_or_text)
