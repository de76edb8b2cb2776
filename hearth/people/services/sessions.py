"""Where a user is signed in, and ending it."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction

from hearth.core.errors import NotFound
from hearth.people.models import SignIn


def note_sign_in(user: Any, session_key: str | None, device: str) -> None:
    """Remember a sign-in (``device`` is what the browser calls itself)."""
    if session_key:
        SignIn.objects.update_or_create(session_key=session_key, defaults={"user": user, "device": device[:200]})


@transaction.atomic
def end_session(user: Any, sign_in_id: int) -> None:
    """Sign a user out of one device. Raises NotFound for somebody else's."""
    row = SignIn.objects.filter(pk=sign_in_id, user=user).first()
    if row is None:
        raise NotFound()
    Session.objects.filter(session_key=row.session_key).delete()
    row.delete()


@transaction.atomic
def end_other_sessions(user: Any, keep: str | None) -> int:
    """Sign a user out everywhere but here; returns how many sessions ended."""
    others = SignIn.objects.filter(user=user).exclude(session_key=keep or "")
    ended, _rows = Session.objects.filter(session_key__in=others.values("session_key")).delete()
    others.delete()
    return int(ended)
