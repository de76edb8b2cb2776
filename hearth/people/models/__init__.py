"""Tables of people, by noun."""

from hearth.people.models.access import ApiToken, Bot
from hearth.people.models.consent import Consent
from hearth.people.models.leaving import Erasure, Export
from hearth.people.models.member import Block, Member, MemberTag
from hearth.people.models.person import Identity, IdentityClaim, Merge, Person
from hearth.people.models.proof import HeldAddress, LicenceRecord, MailCode
from hearth.people.models.roster import Contact, Roster, RosterLine
from hearth.people.models.sign_in import SignIn
from hearth.people.models.verification import Evidence, Opinion, Verification

__all__ = [
    "ApiToken",
    "Block",
    "Bot",
    "Consent",
    "Contact",
    "Erasure",
    "Evidence",
    "Export",
    "HeldAddress",
    "Identity",
    "IdentityClaim",
    "LicenceRecord",
    "MailCode",
    "Member",
    "MemberTag",
    "Merge",
    "Opinion",
    "Person",
    "Roster",
    "RosterLine",
    "SignIn",
    "Verification",
]
