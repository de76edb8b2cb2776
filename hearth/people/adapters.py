"""How sign-in behaves here: allauth's adapter with Hearth's wishes."""

from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_set
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site

from hearth.people.services import end_other_sessions, note_sign_in


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail; the address is kept in lower case so that one human has one account."""

    def clean_email(self, email: str) -> str:
        """One spelling per address."""
        return str(super().clean_email(email)).lower()

    def login(self, request: Any, user: Any) -> None:
        """Sign in, and note where, so that the user can end it from elsewhere."""
        super().login(request, user)
        note_sign_in(user, request.session.session_key, request.headers.get("User-Agent", ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail in the name of the house: allauth would call it by its host and port."""
        site = SimpleNamespace(name=str(settings.HEARTH_NAME), domain=get_current_site(self.request).domain)
        super().send_mail(template_prefix, email, {"current_site": site, **context})

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        """Remember the language in which somebody signed up."""
        user.language = getattr(request, "LANGUAGE_CODE", "")
        return super().save_user(request, user, form, commit)


def address_of(user: Any) -> str:
    """What a device keeps beside a passkey, so that its owner tells one account from another."""
    return str(user.email)


def follow_session(sender: Any, request: Any, user: Any, **_rest: Any) -> None:
    """A new password gives this session another key and makes all others void: the list of sign-ins follows."""
    key = request.session.session_key
    note_sign_in(user, key, request.headers.get("User-Agent", ""))
    end_other_sessions(user, key)


# allauth has no other hook after a password; no module of ours sends or hears signals.
for told in (password_changed, password_set):
    told.connect(follow_session)
