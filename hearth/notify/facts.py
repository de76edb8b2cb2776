"""What happens to notices."""

from hearth.core.facts import fact


@fact("notify.members_told")
class MembersTold:
    """Members got a notice for a reason; one fact for all of them, at most 500."""

    reason: str
    members: list[int]


@fact("notify.inbox_read")
class InboxRead:
    """A member read notices; ``count`` how many."""

    member: int
    count: int


@fact("notify.level_chosen")
class LevelChosen:
    """A member chose how much of a group (None: of all groups) they want to be told."""

    member: int
    group: int | None
    level: str


@fact("notify.digest_sent")
class DigestSent:
    """A digest was handed to the mail server."""

    member: int
    delivery: int
    notices: int


@fact("notify.mail_stopped")
class MailStopped:
    """A member stopped mail by the link in it."""

    member: int
