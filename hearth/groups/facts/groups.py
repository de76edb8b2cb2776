"""What happens to groups and those in them."""

from hearth.core.facts import fact


@fact("groups.group_opened")
class GroupOpened:
    """A group was opened. ``owner`` is None only for groups that came with an archive."""

    group: int
    space: str
    visibility: str
    capacity: int | None
    owner: int | None


@fact("groups.group_changed")
class GroupChanged:
    """A group's card or settings were changed; ``fields`` names what."""

    group: int
    fields: list[str]


@fact("groups.group_closed")
class GroupClosed:
    """A group was closed; ``completed`` when it was meant to end."""

    group: int
    completed: bool


@fact("groups.group_reopened")
class GroupReopened:
    """A closed group goes on."""

    group: int


@fact("groups.group_filled")
class GroupFilled:
    """The last free place of a group was taken."""

    group: int
    capacity: int


@fact("groups.norms_published")
class NormsPublished:
    """A group has a new version of its norms."""

    group: int
    version: int


@fact("groups.norms_accepted")
class NormsAccepted:
    """A member accepted a version of a group's norms."""

    group: int
    member: int
    version: int


@fact("groups.member_admitted")
class MemberAdmitted:
    """A member came into a group: how, who brought them, by which link, accepting which version of the norms."""

    group: int
    member: int
    how: str
    invited_by: int | None
    link: int | None
    norms_version: int | None


@fact("groups.member_left")
class MemberLeft:
    """A membership ended; ``left_by`` says how (own_wish, removed, banned, merged, ...)."""

    group: int
    member: int
    left_by: str


@fact("groups.member_removed")
class MemberRemoved:
    """A keeper or staff took a member out of a group; ``banned`` when they may not come back."""

    group: int
    member: int
    banned: bool


@fact("groups.role_given")
class RoleGiven:
    """A member got a role in a group, or without a group over the community."""

    member: int
    role: str
    group: int | None


@fact("groups.role_ended")
class RoleEnded:
    """A member's role ended."""

    member: int
    role: str
    group: int | None


@fact("groups.group_handed_over")
class GroupHandedOver:
    """A group has a new owner of record."""

    group: int
    from_member: int | None
    to_member: int


@fact("groups.link_made")
class LinkMade:
    """A join link was made."""

    link: int
    group: int


@fact("groups.link_revoked")
class LinkRevoked:
    """A join link stopped working."""

    link: int
    group: int


@fact("groups.restriction_set")
class RestrictionSet:
    """A member was muted or banned, in one group or (None) everywhere; ``until`` is an ISO time or None."""

    restriction: int
    member: int
    group: int | None
    kind: str
    until: str | None


@fact("groups.restriction_lifted")
class RestrictionLifted:
    """A restriction was lifted before its end."""

    restriction: int
    member: int
    group: int | None
    kind: str


@fact("groups.buddy_given")
class BuddyGiven:
    """A newcomer got a buddy among those who tend the group."""

    group: int
    member: int
    buddy: int


@fact("groups.newcomer_greeted")
class NewcomerGreeted:
    """Somebody who tends the group said that a newcomer was greeted; ``undone`` takes it back."""

    group: int
    member: int
    undone: bool = False


@fact("groups.card_to_mend")
class CardToMend:
    """Somebody changed their name card so that it no longer holds the rule of a group they are in."""

    group: int
    member: int
