"""Bots, and the tokens by which machines act."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from hearth.core import audit
from hearth.core.errors import NotAllowed, NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, demand, may
from hearth.core.tenancy import across_communities
from hearth.kit.clock import now
from hearth.kit.text import one_line
from hearth.people.access import member_for
from hearth.people.errors import NameMissing, UnknownScope
from hearth.people.facts import BotMade, MemberJoined, TokenIssued, TokenRevoked
from hearth.people.models import ApiToken, Bot, Identity, Member, Person
from hearth.people.registry import MAKE_BOTS, TokenScope, token_scopes
from hearth.people.types import MemberKind

TOKEN_MARK = "hth_"  # noqa: S105  the mark by which scanners find leaked tokens, not a secret
_SHOWN = 12


@transaction.atomic
def make_bot(actor: Actor, *, name: str, purpose: str) -> Bot:
    """Give a machine a member's place; the actor answers for it and its posts say that it is one.

    Raises NotAllowed, NameMissing, Refusal without a purpose.
    """
    demand(actor, MAKE_BOTS.key)
    if actor.user_id is None:
        raise NotAllowed("A bot needs a person who answers for it.")
    name = one_line(name)[:80]
    if not name:
        raise NameMissing(field="name")
    if not purpose.strip():
        raise Refusal("Say what the bot is for; members will read it.", field="purpose")
    member = Member.objects.create(
        person=Person.objects.create(), kind=MemberKind.GUEST, display_name=name, about=purpose.strip()
    )
    Identity.objects.create(
        member=member, source=Identity.NATIVE, external_id=str(member.pk), name=member.display_name, is_bot=True
    )
    bot = Bot.objects.create(member=member, owner_id=actor.user_id, purpose=purpose.strip()[:200])
    subject = f"member:{member.pk}"
    joined = MemberJoined(member=member.pk, person=member.person_id, kind=member.kind)
    emit(joined, actor=actor, subject=subject, origin="bot")
    emit(BotMade(bot=bot.pk, member=member.pk, owner=actor.user_id), actor=actor, subject=subject)
    audit.record(actor, "bot_made", subject, after={"bot": bot.pk})
    return bot


@transaction.atomic
def retire_bot(actor: Actor, bot: Bot) -> None:
    """End a bot: its tokens stop at once, what it said stays. Raises NotAllowed."""
    demand(actor, MAKE_BOTS.key)
    if Bot.objects.filter(pk=bot.pk, retired_at=None).update(retired_at=now()):
        ApiToken.objects.filter(member_id=bot.member_id, revoked_at=None).update(revoked_at=now())
        Member.objects.filter(pk=bot.member_id).update(left_at=now())
        audit.record(actor, "bot_retired", f"member:{bot.member_id}", after={"bot": bot.pk})


def scopes_for(actor: Actor) -> list[TokenScope]:
    """The scopes that a token made by ``actor`` may have."""
    return [scope for scope in token_scopes if not scope.permission or may(actor, scope.permission)]


@transaction.atomic
def issue_token(
    actor: Actor, member: Member, name: str, scopes: list[str], *, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token for oneself or for a bot one may make: (row, its text). The text is never shown again.

    Raises NotAllowed for somebody else's place, UnknownScope, Refusal without a name or a second factor.
    """
    _may_hold(actor, member)
    if actor.asleep:
        raise Refusal("Your role needs a second factor. Set one up, then make tokens.")
    if not name.strip():
        raise Refusal("Name the token after where it will be used.", field="name")
    if not scopes or set(scopes) - {scope.key for scope in scopes_for(actor)}:
        raise UnknownScope(field="scopes")
    if expires_at is not None and expires_at <= now():
        raise Refusal("The expiry date must lie in the future.", field="expires_at")
    text = TOKEN_MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        member=member,
        name=name.strip()[:80],
        prefix=text[:_SHOWN],
        digest=_digest(text),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    told = TokenIssued(token=row.pk, member=member.pk, scopes=row.scopes)
    emit(told, actor=actor, subject=f"member:{member.pk}")
    audit.record(actor, "token_issued", f"member:{member.pk}", after={"token": row.pk, "scopes": row.scopes})
    return row, text


@transaction.atomic
def revoke_token(actor: Actor, token: ApiToken) -> None:
    """Stop a token at once. Raises NotAllowed."""
    _may_hold(actor, token.member)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
        told = TokenRevoked(token=token.pk, member=token.member_id)
        emit(told, actor=actor, subject=f"member:{token.member_id}")
        audit.record(actor, "token_revoked", f"member:{token.member_id}", after={"token": token.pk})


def token_for(actor: Actor, token_id: int) -> ApiToken:
    """A token that the actor may hold. Raises NotFound."""
    found = ApiToken.objects.select_related("member").filter(pk=token_id).first()
    if found is None:
        raise NotFound()
    try:
        _may_hold(actor, found.member)
    except NotAllowed:
        raise NotFound() from None
    return found


def _may_hold(actor: Actor, member: Member) -> None:
    if member.pk == actor.member_id:
        return
    if not may(actor, MAKE_BOTS.key) or not Bot.objects.filter(member=member_for(actor, member.pk)).exists():
        raise NotAllowed()


def token_by_text(text: str) -> ApiToken | None:
    """The live token of this text with its member and community, whatever the scope; None for anything else.

    Notes the use at most once a minute.
    """
    if not text.startswith(TOKEN_MARK):
        return None
    with across_communities("a token names its own community"):
        live = ApiToken.objects.filter(digest=_digest(text), revoked_at=None, member__left_at=None)
        live = live.filter(Q(expires_at=None) | Q(expires_at__gt=now()))
        row = live.select_related("member", "community").first()
        if row is not None and (row.last_used_at is None or row.last_used_at < now() - timedelta(minutes=1)):
            ApiToken.objects.filter(pk=row.pk).update(last_used_at=now())
    return row


def member_by_token(text: str) -> Member | None:
    """The member who holds this token, or None."""
    row = token_by_text(text)
    return row.member if row else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
