"""Tables of people, by noun."""

from hearth.people.models.access import ApiToken, Bot
from hearth.people.models.consent import Consent
from hearth.people.models.member import Block, Member, MemberTag
from hearth.people.models.person import Identity, IdentityClaim, Person
from hearth.people.models.sign_in import SignIn
from hearth.people.models.verification import Verification

__all__ = [
    "ApiToken",
    "Block",
    "Bot",
    "Consent",
    "Identity",
    "IdentityClaim",
    "Member",
    "MemberTag",
    "Person",
    "SignIn",
    "Verification",
]
