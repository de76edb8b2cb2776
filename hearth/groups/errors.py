"""What groups refuses, and why."""

from hearth.core.errors import NotAllowed, Refusal


class GroupFull(Refusal):
    """Capacity is never exceeded."""

    code = "group_full"
    status = 409
    sentence = "The group is full. When somebody leaves, a place becomes free."


class GroupClosed(Refusal):
    """A closed group changes no more."""

    code = "group_closed"
    status = 409
    sentence = "This group is closed. It can be read, but nobody can join or post."


class Banned(NotAllowed):
    """Somebody whose place was taken."""

    code = "banned"
    sentence = "A decision of the keepers keeps this person out of the group. It must be lifted first."


class KeptOut(Banned):
    """The same, said to the one who is kept out."""

    sentence = (
        "A decision of its keepers or of the team keeps you out of this group. "
        "Ask them if you think that it is a mistake."
    )


class NormsNotAccepted(Refusal):
    """Everybody accepts the newest norms on entry."""

    code = "norms_not_accepted"
    sentence = "Read the norms of the group and accept them to join."

    def __init__(self, version: int) -> None:
        super().__init__(field="accept_norms", version=version)


class NormsChanged(NormsNotAccepted):
    """The same, said to a member who accepted a version that is not the newest any more."""

    sentence = "The norms have changed since. Read the new version."


class ProfessionalsOnly(NotAllowed):
    """A professional space is entered by holders of a badge, by decision of its keepers, and by professionals without
    one where the community says so.
    """

    code = "professionals_only"
    sentence = "This group is for professionals. Ask for a badge on your profile, or ask a keeper to let you in."


class NameCardIncomplete(NotAllowed):
    """A group's rule asks for more on the name card."""

    code = "name_card_incomplete"
    sentence = "To come in, first add to your profile: %(parts)s."


class ChosenNameNeeded(NotAllowed):
    """A patient group where nobody goes by their real name."""

    code = "chosen_name_needed"
    sentence = "Here nobody goes by their real name. Choose another name in your profile, then come in."


class InvitationNeeded(NotAllowed):
    """A hidden group is entered by link or invitation."""

    code = "invitation_needed"
    sentence = "This group is entered by invitation."


class LinkSpent(Refusal):
    """A link or code that leads nowhere (any more); whoever holds it does not learn whether it ever did."""

    code = "link_spent"
    status = 410
    sentence = "This link or code is mistyped, or it no longer works. Ask whoever invited you for a new one."


class OwnerStays(Refusal):
    """A group always has exactly one owner of record."""

    code = "owner_stays"
    status = 409
    sentence = "The owner of record cannot go. Hand the group over first."


class NotInGroup(Refusal):
    """Somebody who is no member of the group."""

    code = "not_in_group"
    status = 409
    sentence = "This person is not in the group."


class Outranked(NotAllowed):
    """Keepers act on those below them."""

    code = "outranked"
    sentence = "You can do this only to members whose role in the group is below yours."


class AtWork(Refusal):
    """One thing at a time is done with a group's members."""

    code = "at_work"
    status = 409
    sentence = "The members of this group are being moved already. Wait until that has ended."


class PlanOld(Refusal):
    """A plan that was carried out, dropped or made anew."""

    code = "plan_old"
    status = 409
    sentence = "This plan does not stand any more. Look at the group and make a new one."


class UndoLate(Refusal):
    """What was long ago is not taken back."""

    code = "undo_late"
    status = 409
    sentence = "This can be taken back for %(days)s days, and only once."


class SpacesDiffer(Refusal):
    """Names that are hidden in one group stay hidden."""

    code = "spaces_differ"
    status = 409
    sentence = (
        "In these groups members see each other by different names, so they cannot be brought together: somebody who "
        "goes by a chosen name would be seen by another."
    )


class NoRoom(GroupFull):
    """All of a group fit into the home, or nobody goes."""

    code = "no_room"
    sentence = "%(needed)s more members would come, and the group has room for %(free)s. Raise its capacity first."


class KeyTaken(Refusal):
    """Keys are unique."""

    code = "key_taken"
    status = 409
    sentence = "Another one already has this short name. Choose a different one."


class LastAdmin(Refusal):
    """A community always has an administrator."""

    code = "last_admin"
    status = 409
    sentence = "This is the last administrator. Give the role to somebody else first."


class RolesHeld(Refusal):
    """A member with roles cannot vanish into another."""

    code = "roles_held"
    status = 409
    sentence = "The member to be merged holds roles. End them or hand them over first."


class DoorAsks(Refusal):
    """The door asks something of the member before it opens."""

    code = "door_asks"
    sentence = "The door of this group asks something of you first. Open the group's card to answer."


class DoorWaits(Refusal):
    """Somebody who tends the group decides."""

    code = "door_waits"
    status = 409
    sentence = "Somebody who tends the group decides on this. You are told as soon as they have."


class DoorRefuses(NotAllowed):
    """A condition of the door is not met."""

    code = "door_refuses"
    sentence = "You cannot come in at present: %(why)s"


class OverruleNeedsReason(Refusal):
    """Whoever lets somebody in past the door answers for it."""

    code = "overrule_needs_reason"
    sentence = "The door would not open for this person. Say why you let them in; it is kept in the audit log."


class BadgeNeedsReason(OverruleNeedsReason):
    """The badge that a professional space asks is passed over with a reason, like what its door asks."""

    code = "badge_needs_reason"
    sentence = "This group asks for a badge, which this person does not hold. Say why you let them in; it is kept."


class AskedLately(Refusal):
    """After a refusal one asks again later."""

    code = "asked_lately"
    status = 409
    sentence = "Your request was declined on %(on)s. You can ask again from %(again)s on."


class NotForYou(NotAllowed):
    """An invitation addressed to somebody else."""

    code = "not_for_you"
    sentence = (
        "This invitation is for another e-mail address. Sign in with that one, or ask for an invitation of your own."
    )


class OthersWait(GroupFull):
    """Places are given in order."""

    code = "others_wait"
    sentence = "Others wait for a place in this group. Ask for one on the group's card, and you stand in line."


class ChoiceToCome(Refusal):
    """One choice at a time."""

    code = "choice_to_come"
    status = 409
    sentence = "A choice is to come already. Cancel it first."


class PlaceInUse(Refusal):
    """A branch of the organisation goes from its leaves."""

    code = "place_in_use"
    status = 409
    sentence = "Other places stand below this one. Move or remove them first."


class InvitingRests(Refusal):
    """What invites new people to a group rests while one of its services has stopped."""

    code = "inviting_rests"
    status = 409
    sentence = (
        "This group takes in nobody new just now: its keepers first get something going again that members count on. "
        "Keep the link, it will work again; try in a few days."
    )


class LinksRest(InvitingRests):
    """The same, said to those who would spread a new link."""

    sentence = (
        "A service of this group has stopped, so nothing new invites people to it. The page “How it goes” says which: "
        "get it going again, or invite one person by their address."
    )


class BadgeNotAsked(Refusal):
    """Only where a badge stands between somebody and the group does one ask for it first."""

    code = "badge_not_asked"
    status = 409
    sentence = "This group asks no badge of you. Open the link again and come in."
