"""What happens to people. Ids and small values only; names never enter a fact."""

from hearth.core.facts import fact


@fact("people.member_joined")
class MemberJoined:
    """A person got a place in the community."""

    member: int
    person: int
    kind: str


@fact("people.profile_changed")
class ProfileChanged:
    """A member's profile was changed; ``fields`` names what, never the values."""

    member: int
    fields: list[str]


@fact("people.identity_claimed")
class IdentityClaimed:
    """An identity of an archive or carrier was recognised as a member's own."""

    identity: int
    from_member: int
    to_member: int
    batch: str


@fact("people.members_merged")
class MembersMerged:
    """Two members turned out to be one human; all identities of the first now speak for the second."""

    from_member: int
    into_member: int
    batch: str
    identities: list[int]


@fact("people.merge_undone")
class MergeUndone:
    """A claim or merge was taken back; every identity stands where it stood."""

    from_member: int
    into_member: int
    batch: str


@fact("people.verification_asked")
class VerificationAsked:
    """A member asked for a credential to be verified."""

    verification: int
    member: int
    kind: str


@fact("people.person_verified")
class PersonVerified:
    """A reviewer confirmed a credential; ``expires_on`` is an ISO date or None."""

    verification: int
    member: int
    kind: str
    expires_on: str | None


@fact("people.verification_refused")
class VerificationRefused:
    """A reviewer did not confirm a credential."""

    verification: int
    member: int
    kind: str


@fact("people.verification_more_asked")
class VerificationMoreAsked:
    """A reviewer wants to see more before deciding; ``until`` is the last day to send it, as ISO date."""

    verification: int
    member: int
    until: str


@fact("people.verification_second_needed")
class VerificationSecondNeeded:
    """One reviewer would confirm a credential of high risk; another person must look at it."""

    verification: int
    member: int
    first: str


@fact("people.verification_ending")
class VerificationEnding:
    """A confirmed credential ends in so many days."""

    verification: int
    member: int
    days: int
    expires_on: str


@fact("people.vouch_asked")
class VouchAsked:
    """A member asks a verified colleague to vouch for them."""

    evidence: int
    verification: int
    member: int
    colleague: int


@fact("people.vouch_answered")
class VouchAnswered:
    """A colleague vouched, or would not."""

    evidence: int
    verification: int
    member: int
    colleague: int
    vouched: bool


@fact("people.vouch_taken_back")
class VouchTakenBack:
    """A colleague took back a word on which a credential was confirmed; reviewers look again."""

    evidence: int
    verification: int
    member: int
    colleague: int


@fact("people.verification_ended")
class VerificationEnded:
    """A confirmed credential stopped counting: expired, revoked, or what it confirmed was changed."""

    verification: int
    member: int
    kind: str
    why: str


@fact("people.member_blocked")
class MemberBlocked:
    """A member does not want to hear from another."""

    member: int
    blocked: int


@fact("people.member_unblocked")
class MemberUnblocked:
    """A member hears from another again."""

    member: int
    blocked: int


@fact("people.consent_given")
class ConsentGiven:
    """A member agreed to a purpose."""

    member: int
    purpose: str
    version: str


@fact("people.consent_withdrawn")
class ConsentWithdrawn:
    """A member took a consent back."""

    member: int
    purpose: str


@fact("people.tag_added")
class TagAdded:
    """A member got a tag; of a sensitive one only that it is sensitive is told."""

    member: int
    tag: str
    sensitive: bool


@fact("people.tag_added", version=2)
class TagPut:
    """A member got a tag. What it says stands at the member alone, so that it can be erased."""

    member: int
    sensitive: bool


@fact("people.bot_made")
class BotMade:
    """A machine got a member's place; ``owner`` is the user who answers for it."""

    bot: int
    member: int
    owner: int


@fact("people.token_issued")
class TokenIssued:
    """A token for the API was issued."""

    token: int
    member: int
    scopes: list[str]


@fact("people.token_revoked")
class TokenRevoked:
    """A token for the API stopped working."""

    token: int
    member: int


@fact("people.erasure_asked")
class ErasureAsked:
    """Somebody asked to be erased; it begins at ``due`` (ISO) unless they call it off."""

    member: int
    due: str


@fact("people.erasure_called_off")
class ErasureCalledOff:
    """Somebody who had asked to be erased stays."""

    member: int


@fact("people.erasure_held_up")
class ErasureHeldUp:
    """An erasure was due and could not begin: its person has to hand something over first."""

    member: int


@fact("people.person_erased")
class PersonErased:
    """Everything about a member was deleted. The number stays, so that what others wrote keeps its order."""

    member: int


@fact("people.roster_brought_in")
class RosterBroughtIn:
    """Staff began to bring a table of people in."""

    roster: int


@fact("people.roster_taken_back")
class RosterTakenBack:
    """Staff began to take a table of people back."""

    roster: int


@fact("people.place_taken_up")
class PlaceTakenUp:
    """Somebody who was brought in by a table signed in and took their place."""

    member: int
    person: int


@fact("people.export_ready")
class ExportReady:
    """A file that a member asked for can be fetched."""

    export: int
    member: int
