"""What the diagnosis says, as message ids. Translated at the edge; numbers fill the braces.

Short, concrete, kind: what is the matter, then one thing to do.
"""

from typing import NamedTuple

from hearth.insight.types import AlarmReason, ChangeKind, ReasonCode, Stage, Tile


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


class Temperature(NamedTuple):
    """How a stage is shown: word, sign, and step on the heat scale (0 cold to 6 warm)."""

    word: str
    icon: str
    heat: int
    meaning: str


TEMPERATURES: dict[Stage, Temperature] = {
    Stage.DEAD: Temperature(_("cold"), "❄", 0, _("No member has written for 90 days or more.")),
    Stage.DORMANT: Temperature(
        _("embers"), "◌", 1, _("Fewer than two members wrote within 28 days, and two good weeks have not passed since.")
    ),
    Stage.DECLINING: Temperature(
        _("cooling"),
        "↘",
        2,
        _("Clearly fewer members write than in the best month of the last half year, or they hardly meet any more."),
    ),
    Stage.INCEPTION: Temperature(
        _("kindling"), "✦", 3, _("Young and not yet carried by enough members, or mostly fed from outside.")
    ),
    Stage.GROWTH: Temperature(_("catching"), "↗", 4, _("More members write than in the months before.")),
    Stage.MATURITY: Temperature(_("burning"), "●", 5, _("Lives steadily by its own members.")),
    Stage.READY_TO_SPLIT: Temperature(
        _("ready to split"), "⑂", 6, _("Lives well and is nearly as large as a group can be without losing touch.")
    ),
    Stage.COMPLETED: Temperature(_("completed"), "✓", 1, _("Was meant to end, and has ended.")),
}

REASON_TITLES: dict[ReasonCode, str] = {
    ReasonCode.SILENCE: _("Silence"),
    ReasonCode.DECLINE: _("Decline"),
    ReasonCode.UNANSWERED: _("Questions left open"),
    ReasonCode.ADVERTS: _("Adverts"),
    ReasonCode.ONE_PERSON_SHOW: _("One-person show"),
    ReasonCode.NEWCOMERS_LOST: _("Newcomers lost"),
    ReasonCode.FED_ONLY: _("Only fed"),
    ReasonCode.TEMPLATED: _("Templated posts"),
    ReasonCode.THIN: _("Thin content"),
    ReasonCode.SELF_PROMOTION: _("Self-promotion"),
    ReasonCode.BURSTS: _("Bursts, then nothing"),
    ReasonCode.TONE: _("The tone turns sharp"),
}

TILE_TITLES: dict[Tile, str] = {
    Tile.STARTS: _("Energy in"),
    Tile.BREADTH: _("Breadth"),
    Tile.RETURN: _("Return"),
}

NEVER = _("No member has ever written here.")
SILENT = _("No member has written for {days} days.")
ALONE = _("Only one member wrote in the last 28 days; talk needs two.")
QUIET_WEEKS = _("Two or more members wrote in only {weeks} of the last eight weeks.")
STARTS_FELL = _("Members opened {now} conversations in the last 28 days; before, it was {before} in four weeks.")
FEWER = _("{now} members wrote in the last 28 days; in the best month of the last half year it was {peak}.")
OPEN = _("{open} of {asked} questions had no answer within a week.")
SLOW = _("Only {answered} of {asked} questions were answered within a day.")
ADS = _("{adverts} of {messages} messages look like adverts.")
ALONE_TALKS = _("{name} wrote {percent} of the last {messages} messages.")
LOST = _("About {percent} of {newcomers} newcomers wrote again after their first week.")
UNWELCOMED = _("{answered} of {newcomers} newcomers who opened a conversation had an answer within a day.")
FED = _(
    "{percent} of the last {messages} messages came from staff, schedules or bots; members hardly talk to each other."
)

TEMPLATE = _("{alike} of the team's last {posts} posts are copies with little changed, and no member took them up.")
THIN_POSTS = _("{thin} of the team's last {posts} posts say almost nothing, and no member spoke after them.")
PROMOTING = _("{adverts} of the team's last {posts} posts advertise.")
BURST = _("{percent} of the team's {posts} posts of twelve weeks came on three days; the longest pause was {gap} days.")
SHARP = _("{sharp} of {messages} messages of the last 28 days sound sharp; in the twelve weeks before it was {before}.")

PLAY_CALM = _("Answer the sharpest message today, calmly and in public, then write to those involved one by one.")
PLAY_TEMPLATE = _(
    "Stop the template for two weeks: write three posts that each answer something a member said here, by name."
)
PLAY_THIN = _("Post half as often: one thing a member can use, with its source, ending in a question you will answer.")
PLAY_PROMOTING = _("Let one advert follow only after nine posts that help, and label it as an advert.")
PLAY_STEADY = _("Spread what is ready over the coming weeks: the same small number on fixed days, none beyond it.")

PLAY_ARCHIVE = _(
    "Ask the last {people} people who wrote whether to close this group or to meet again in a livelier one."
)
PLAY_EMPTY = _("Decide: invite five people who want this group and open it with them, or close it.")
PLAY_WAKE = _(
    "Write to {name} and two others who spoke last: one personal question each, answered in the group this week."
)
PLAY_RITUAL = _("Set one fixed weekly moment (a case, a question, a photo) and ask two regulars to come to the first.")
PLAY_RECALL = _("Write to those who fell silent, {name} first: ask what they miss, and bring one of their topics back.")
PLAY_ANSWER = _("Answer the {open} open questions, newest first, or name for each one person who can.")
PLAY_DUTY = _("Name one person per weekday who sees that every question has an answer the same day.")
PLAY_ADVERTS = _("Remove these messages, thank whoever reported them, and show the rule on adverts once more.")
PLAY_SHARE = _(
    "Ask {name} to hand one topic to a second voice this week: invite {other} by name to open a conversation."
)
PLAY_SHARE_ALONE = _("Ask {name} to end each post with a question to one member by name, and to wait for the answer.")
PLAY_WELCOME = _("Choose two hosts who answer every newcomer's first message within a day and ask one question back.")
PLAY_UNFEED = _(
    "Halve the scheduled posts for two weeks and let a member open each remaining one with their own question."
)

PLAY_VOICES = _("Ask three members who read but seldom write for one thing each that only they can tell.")
PLAY_RETURN = _("Write to three who wrote in better months: ask what they miss, and bring one of their topics back.")

TILE_STARTS = _("{messages} messages in 28 days, the last one {days} days ago")
TILE_BREADTH = _("{authors} members wrote in 28 days")
TILE_RETURN = _("{now} authors now, {before} in the 28 days before, {peak} in the best month of half a year")
CHANGE_TITLES: dict[ChangeKind, str] = {
    ChangeKind.STARTS_FALL: _("Fewer conversations begin"),
    ChangeKind.AUTHORS_FALL: _("Fewer members write"),
    ChangeKind.UNANSWERED_RISE: _("More questions wait"),
    ChangeKind.ADVERTS_RISE: _("More adverts"),
}
ALARM_REASONS: dict[AlarmReason, str] = {
    AlarmReason.EXPECTED: _("expected (holidays, a plan)"),
    AlarmReason.TOO_SMALL: _("too small to matter"),
    AlarmReason.WRONG: _("counted wrongly"),
}
STARTS_CHANGED = _("Members opened {seen} conversations in the last {days} days; {usual} are usual.")
AUTHORS_CHANGED = _("{seen} members a day wrote in the last {days} days; {usual} are usual.")
UNANSWERED_CHANGED = _("{seen} questions heard nothing for a day in the last {days} days; {usual} are usual.")
ADVERTS_CHANGED = _("{seen} messages of the last {days} days look like adverts; {usual} are usual.")
PLAY_INVITE = _("Write to three regulars who went quiet, one personal question each, before you post yourself.")

STEP_ANSWER = _("Answer {count} open questions from the last four weeks")
STEP_ANSWER_WHY = _(
    "People asked and heard nothing. An answer, even a late one, is the surest sign that somebody is there."
)
STEP_SAVE = _("Save {group}")
STEP_SAVE_WHY = _("It is cooling, and {authors} members wrote in the last 28 days.")
STEP_WAKE = _("Wake {group}")
STEP_WAKE_WHY = _("It talked until {days} days ago; {peak} members wrote in its best month of the last half year.")
STEP_WELCOME = _("Give newcomers an answer in {group}")
STEP_WELCOME_WHY = _("Newcomers who hear nothing seldom write twice.")
STEP_ADVERTS = _("Clear {count} adverts")
STEP_ADVERTS_WHY = _("Adverts that stay tell everyone that nobody looks after the room.")
STEP_SECOND = _("Find a second voice in {group}")
STEP_SECOND_WHY = _("{name} carries it alone: when {name} stops, it is over.")
STEP_CLOSE = _("Close or merge {count} cold groups")
STEP_CLOSE_WHY = _("Empty rooms make the living ones hard to find. Ask the last who wrote, then archive.")
STEP_KEEP = _("Keep {group} going")
STEP_KEEP_WHY = _("Nothing presses. Thank {name}, who carries it, and ask for the next topic.")

SIMPLE = tuple(text for name, text in sorted(globals().items()) if name.isupper() and isinstance(text, str))
