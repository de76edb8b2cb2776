"""Notices fetched for the one member they were made for."""

from typing import TYPE_CHECKING

from django.core import signing

from hearth.core.errors import NotFound
from hearth.core.permissions import Actor
from hearth.notify.errors import BadUnsubscribe
from hearth.notify.models import Notice
from hearth.people.queries import member_with_id

if TYPE_CHECKING:
    from hearth.people.models import Member

_SALT = "hearth.notify.unsubscribe"


def notice_for(actor: Actor, notice_id: int) -> Notice:
    """One of the actor's own notices. Raises NotFound."""
    found = Notice.objects.filter(pk=notice_id, member=actor.member_id or 0).first()
    if found is None:
        raise NotFound()
    return found


def unsubscribe_token(member: "Member") -> str:
    """What the link in a mail carries: it stops mail to this member and does nothing else. It never expires."""
    return signing.dumps([member.community_id, member.pk], salt=_SALT)


def member_by_unsubscribe(token: str) -> "Member":
    """The member of such a token, inside their community's scope. Raises BadUnsubscribe."""
    try:
        community_id, member_id = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadUnsubscribe() from None
    found = member_with_id(member_id)
    if found is None or found.community_id != community_id:
        raise BadUnsubscribe()
    return found
