"""What others plug in here: the reasons for which members are told something."""

from dataclasses import dataclass

from hearth.core.permissions import RUNNING, permission
from hearth.kit.registry import Registry

SEE_DELIVERIES = permission("notify.see_deliveries", "See which mails failed", staff=RUNNING)


@dataclass(frozen=True, slots=True)
class NoticeReason:
    """Why somebody is told something.

    ``sentence`` is an English message id. It may name ``%(group)s`` (the notice's group in the reader's language),
    ``%(who)s`` (the member whose id stands in the params as ``member``, named as the group's space names them) and any
    other param; days and moments (ISO 8601) are called ``day`` and ``until``, and worded for the reader. ``level``:
    *always* (concerns the reader alone), *mentions* (answers, mentions, keepers' work), *all*. ``titles`` are params
    whose values are message ids themselves and are translated (a role's name).
    """

    key: str
    sentence: str
    icon: str
    level: str
    titles: tuple[str, ...] = ()


reasons: Registry[NoticeReason] = Registry("notice reason")


def notice_reason(key: str, sentence: str, *, icon: str, level: str, titles: tuple[str, ...] = ()) -> NoticeReason:
    """Declare a reason in a module's ``notices.py``."""
    return reasons.register(key, NoticeReason(key, sentence, icon, level, titles))
