"""What happens at the doors of groups: gates, applications, waiting, entry codes."""

from hearth.core.facts import fact


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
    """Keepers or staff let somebody in whom the door would have kept out, or without the badge asked ("badge")."""

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


@fact("groups.seat_withdrawn")
class SeatWithdrawn:
    """A place that was kept for somebody is not free any more; they stand in line as before."""

    waiting: int
    group: int
    member: int


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


@fact("groups.use_kept")
class UseKept:
    """Somebody came by a link or code into a group for professionals and asks for a badge first: the use is counted."""

    group: int
    member: int
    link: int | None
    code: int | None


@fact("groups.way_opened")
class WayOpened:
    """Somebody for whom a way into a group is kept was given the badge that it waited for."""

    kept: int
    group: int
    member: int
