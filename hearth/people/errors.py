"""What people refuses, and why."""

from hearth.core.errors import Conflict, NotAllowed, NotFound, Refusal


class AlreadyMember(Refusal):
    """One person has one place in a community."""

    code = "already_member"
    status = 409
    sentence = "This person already has a place in this community."


class NameMissing(Refusal):
    """A member needs a name."""

    code = "name_missing"
    sentence = "Give a name by which others will know you."


class NotOneself(Refusal):
    """An act that needs somebody else."""

    code = "not_oneself"
    sentence = "You cannot do this to yourself."


class OwnVerification(NotAllowed):
    """Nobody decides on their own credential."""

    code = "own_verification"
    sentence = "Somebody else must decide on your own credential."


class CloseColleague(NotAllowed):
    """Who vouched for somebody, or was vouched for by them, does not decide on them."""

    code = "close_colleague"
    sentence = "One of you vouched for the other. Somebody else must decide."


class SecondReviewer(NotAllowed):
    """A case of high risk is confirmed by two different people."""

    code = "second_reviewer"
    sentence = "You have given your opinion on this case. The second one must come from somebody else."


class CaseTaken(Conflict):
    """Another reviewer works on it."""

    code = "case_taken"
    sentence = "Another reviewer is working on this case. Take the next one."


class TooLate(Conflict):
    """A decision that has gone out."""

    code = "too_late"
    sentence = "The decision has gone out and can no longer be taken back here."


class EvidenceMissing(Refusal):
    """Not yet enough to send to a reviewer."""

    code = "evidence_missing"
    sentence = "Something is still missing before a reviewer can decide."


class UnusableDocument(Refusal):
    """A document that is not taken."""

    code = "unusable_document"


class AddressTaken(Refusal):
    """An institutional address stands for one member."""

    code = "address_taken"
    status = 409
    sentence = "This address was confirmed by another member. Ask the team if that cannot be right."


class WrongCode(Refusal):
    """A code that does not open."""

    code = "wrong_code"
    sentence = "This code is wrong, used up or too old. Ask for a new one."


class NoVoucher(Refusal):
    """Nobody who could vouch."""

    code = "no_voucher"
    sentence = (
        "No verified colleague of your hospital or department has this name. Write it as it stands on their badge."
    )


class AlreadyDecided(Conflict):
    """A verification that no longer waits."""

    code = "already_decided"
    sentence = "This credential was already decided on."


class VerificationWaiting(Refusal):
    """One open request per credential."""

    code = "verification_waiting"
    status = 409
    sentence = "You already asked; a reviewer will look at it. There is nothing more to do."


class MergeRefused(Refusal):
    """Two members that cannot be made one."""

    code = "merge_refused"
    sentence = "These two members cannot be merged."


class ConsentMissing(Refusal):
    """Something sensitive without a live consent."""

    code = "consent_missing"
    sentence = "This needs the member's consent, and there is none in force."


class UnknownScope(Refusal):
    """A token scope nobody declared."""

    code = "unknown_scope"
    sentence = "Choose what the token may do from the list."


class ErasureHindered(Refusal):
    """Somebody whom others still need."""

    code = "erasure_hindered"
    status = 409
    sentence = "Something must be handed over first. The page says what and to whom."


class ErasureAsked(Refusal):
    """One erasure at a time."""

    code = "erasure_asked"
    status = 409
    sentence = "You have asked for this already."


class ExportGone(NotFound):
    """A file whose time is over."""

    code = "export_gone"
