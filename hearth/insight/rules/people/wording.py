"""What is said of people, as message ids: what each word means stands beside it. Translated at the edge."""

from typing import NamedTuple


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


class Word(NamedTuple):
    """A word and what it means."""

    word: str
    meaning: str


KINDS: dict[str, Word] = {
    "answers": Word(
        _("Answers others"), _("Gave three or more first answers in the last 91 days, and no fewer than they asked.")
    ),
    "asks": Word(_("Asks"), _("At least half of what they wrote in the last 91 days are questions.")),
    "opens": Word(
        _("Opens conversations"),
        _("Opened two or more conversations in the last 91 days, a third or more of what they wrote."),
    ),
    "talks": Word(_("Talks along"), _("Wrote in the last 91 days, mostly in the conversations of others.")),
    "reacts": Word(_("Reacts"), _("Reacts rather than writes: three reactions or more, and more than messages.")),
    "reads": Word(_("Reads"), _("Was seen reading in the last 91 days, and did nothing else.")),
    "silent": Word(_("Not seen"), _("Neither wrote nor reacted nor read in the last 91 days.")),
}
TIERS: dict[str, Word] = {
    "carrying": Word(
        _("Carries"), _("Active in 8 or more of the last 26 weeks, with 10 or more points for helping others.")
    ),
    "activated": Word(_("Takes part"), _("Active in 3 or more of the last 13 weeks.")),
    "kept": Word(
        _("Comes now and then"), _("Has written or reacted, and is active in fewer than 3 of the last 13 weeks.")
    ),
    "attracted": Word(_("Looks on"), _("Is here, and has never written or reacted.")),
    "away": Word(_("Gone quiet"), _("Not seen for 91 days, not even reading.")),
}
PHASES: dict[str, Word] = {
    "new": Word(_("New here"), _("First wrote or reacted in the last 28 days.")),
    "returning": Word(_("Returning"), _("Active in the last 28 days and in the 28 days before.")),
    "resurrected": Word(_("Back again"), _("Active in the last 28 days, not in the 28 days before, but earlier.")),
    "dormant": Word(_("Fallen silent"), _("Active in the 28 days before the last 28, and not since.")),
    "away": Word(_("Long silent"), _("Was active once, but not in the last 56 days.")),
    "silent": Word(_("Never active"), _("Has never written or reacted.")),
}
SIGNS: dict[str, Word] = {
    "leader": Word(
        _("Opinion leader"),
        _(
            "Active in 8 of the last 26 weeks, and by the mean of where replies lead, how many different people answer "
            "or react to them, accepted answers and credential above 80 % of the active."
        ),
    ),
    "fan": Word(
        _("Hard-core fan"),
        _(
            "Active in 60 % of the last 26 weeks, or of all weeks where the community is younger, and in the last 14 "
            "days; and three of: answers others, endorsed by five people, opens conversations, accepted answers."
        ),
    ),
    "seed": Word(_("Seed user"), _("Wrote on three or more days in a group's first 28 days.")),
    "bridge": Word(
        _("Bridge"), _("The shortest ways between others lead through them more often than through 95 % of the others.")
    ),
    "unanswered": Word(
        _("Never answered"),
        _(
            "Their first message, of the last 56 days, spoke to everybody or asked, and neither it nor a later one "
            "was answered."
        ),
    ),
}
LEADER_PARTS: dict[str, str] = {
    "rank": _("Replies lead to them: above {percent} of the active"),
    "endorsers": _("Endorsed by different people: above {percent}"),
    "accepted": _("Accepted answers: above {percent}"),
    "credential": _("Verified credential: above {percent}"),
}
FAN_SIGNS: dict[str, str] = {
    "answers": _("answers others"),
    "endorsed": _("endorsed by five people or more"),
    "starts": _("opens conversations"),
    "accepted": _("answers are accepted"),
}
HELP: dict[str, tuple[str, int, str]] = {
    "helped_accepted": (_("Accepted answers"), 10, _("Answers that the asker or a keeper accepted, 10 points each.")),
    "helped_answers": (
        _("First answers to questions"),
        3,
        _("The first answer to somebody's question, 3 points each."),
    ),
    "helped_welcomes": (_("Newcomers welcomed"), 3, _("The first answer to somebody's first message, 3 points each.")),
    "helped_thanks": (_("People who thanked"), 1, _("Different people who reacted to what they wrote, 1 point each.")),
}
