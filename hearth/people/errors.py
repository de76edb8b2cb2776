"""What people refuses, and why."""

from hearth.core.errors import Conflict, NotAllowed, Refusal


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
