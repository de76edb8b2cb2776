"""What happens to communities and groups. Ids and small values only."""

from hearth.core.facts import fact


@fact("groups.community_founded")
class CommunityFounded:
    """A community was founded."""

    community: int
    type: str


@fact("groups.charter_changed")
class CharterChanged:
    """Purpose, audience, values or goals were rewritten; ``fields`` names what."""

    fields: list[str]


@fact("groups.community_changed")
class CommunityChanged:
    """A community got another name, language or clock; ``fields`` names what."""

    fields: list[str]


@fact("groups.place_added")
class PlaceAdded:
    """The organisation's tree got a node."""

    place: int
    parent: int | None
    kind: str


@fact("groups.place_changed")
class PlaceChanged:
    """A node of the organisation's tree was renamed or moved; ``fields`` names what."""

    place: int
    fields: list[str]


@fact("groups.place_removed")
class PlaceRemoved:
    """A node of the organisation's tree is gone; its groups stand at no place."""

    place: int


@fact("groups.duty_set")
class DutySet:
    """A duty was described or its roster written anew; ``turns`` is how many turns a week it has."""

    duty: int
    turns: int


@fact("groups.duty_removed")
class DutyRemoved:
    """A duty is no longer planned."""

    duty: int


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


@fact("groups.gates_changed")
class GatesChanged:
    """A group's door asks something else from now on."""

    group: int
    version: int
    steps: int


@fact("groups.gate_tried")
class GateTried:
    """Somebody knocked at a door that asks something; ``answer`` is passed, waits, asks or refused."""

    group: int
    member: int
    step: int
    answer: str


@fact("groups.application_made")
class ApplicationMade:
    """Somebody has done their part at the door and waits for a decision."""

    application: int
    group: int
    member: int


@fact("groups.application_decided")
class ApplicationDecided:
    """Keepers or staff decided whether somebody may come in."""

    application: int
    group: int
    member: int
    approved: bool


@fact("groups.application_reopened")
class ApplicationReopened:
    """A decision was taken back; the member waits again."""

    application: int
    group: int
    member: int


@fact("groups.application_withdrawn")
class ApplicationWithdrawn:
    """A member no longer wants to come in."""

    application: int
    group: int
    member: int


@fact("groups.door_overruled")
class DoorOverruled:
    """Keepers or staff let somebody in whom the door would have kept out."""

    group: int
    member: int
    answer: str


@fact("groups.waiting_begun")
class WaitingBegun:
    """Somebody who may come in waits for a place."""

    waiting: int
    group: int
    member: int


@fact("groups.waiting_ended")
class WaitingEnded:
    """Somebody stopped waiting without coming in; ``ended`` is left or lapsed."""

    waiting: int
    group: int
    member: int
    ended: str


@fact("groups.seat_offered")
class SeatOffered:
    """A free place is kept for somebody until an ISO time."""

    waiting: int
    group: int
    member: int
    until: str


@fact("groups.choice_set")
class ChoiceSet:
    """The best of those who wait will be let in at an ISO time."""

    choice: int
    group: int
    seats: int
    opens_at: str


@fact("groups.choice_cancelled")
class ChoiceCancelled:
    """A choice will not take place."""

    choice: int
    group: int


@fact("groups.choice_drawn")
class ChoiceDrawn:
    """Places were given by a choice: how many came in and how many wait on."""

    choice: int
    group: int
    entered: int
    waiting: int


@fact("groups.place_missed")
class PlaceMissed:
    """A choice left somebody waiting at a place in line."""

    waiting: int
    group: int
    member: int
    place: int
    tier: int


@fact("groups.entry_code_made")
class EntryCodeMade:
    """A code that leads to one of many groups was made."""

    code: int


@fact("groups.entry_code_changed")
class EntryCodeChanged:
    """An entry code leads elsewhere from now on."""

    code: int


@fact("groups.entry_code_revoked")
class EntryCodeRevoked:
    """An entry code stopped working."""

    code: int


@fact("groups.placed_by_code")
class PlacedByCode:
    """An entry code led somebody to the door of a group; ``rule`` is the number of the rule, None for the default."""

    code: int
    group: int
    member: int
    rule: int | None


@fact("groups.next_group_opened")
class NextGroupOpened:
    """A group was full, and the next of its series was opened."""

    group: int
    after: int
    serial: int
