"""The reasons that come from people and groups, which lie below and know nothing of notices."""

from hearth.notify.registry import notice_reason
from hearth.notify.rules.levels import ALL, ALWAYS, MENTIONS

WELCOME = notice_reason(
    "groups.welcome", "Welcome to %(group)s. Say hello, and have a look at the norms.", icon="hand", level=ALWAYS
)
NEWCOMER = notice_reason(
    "groups.newcomer",
    "%(who)s has joined %(group)s. A word of welcome goes a long way.",
    icon="user-plus",
    level=MENTIONS,
)
MOVES = {
    "split": notice_reason(
        "groups.split",
        "Your group was split, and you are now in %(group)s. Those you talk with most came along.",
        icon="split",
        level=ALWAYS,
    ),
    "merge": notice_reason(
        "groups.merged",
        "Your group and others came together in %(group)s. What was said before can still be read.",
        icon="users",
        level=ALWAYS,
    ),
    "move": notice_reason(
        "groups.moved", "The team moved you to %(group)s. Have a look.", icon="arrow-right", level=ALWAYS
    ),
}
MOVED_BACK = notice_reason(
    "groups.moved_back", "The move was taken back: your place is in %(group)s again.", icon="undo-2", level=ALWAYS
)
APPLICATION = notice_reason(
    "groups.application_made", "%(who)s asks to come into %(group)s.", icon="user-check", level=MENTIONS
)
DECLINED = notice_reason(
    "groups.application_declined",
    "Your request to come into %(group)s was declined. The reason given: %(why)s",
    icon="user-x",
    level=ALWAYS,
)
SEAT = notice_reason(
    "groups.seat_offered",
    "A place in %(group)s is kept for you until %(until)s. Open the card to take it.",
    icon="circle-check",
    level=ALWAYS,
)
SEAT_WITHDRAWN = notice_reason(
    "groups.offer_withdrawn",
    "The place in %(group)s that was kept for you is not free any more. You stand in line as before.",
    icon="clock",
    level=ALWAYS,
)
SEAT_LAPSED = notice_reason(
    "groups.offer_lapsed",
    "The place in %(group)s that was kept for you went to the next one. You can ask for one again.",
    icon="clock",
    level=ALWAYS,
)
PLACE_MISSED = notice_reason(
    "groups.place_missed",
    "The places in %(group)s are given. You stand at place %(place)s in line; the card says why.",
    icon="clock",
    level=ALWAYS,
)
LINE_LEFT = notice_reason(
    "groups.taken_out_of_line",
    "Those who tend %(group)s took you out of its line: you wait there no more. They can tell you why.",
    icon="log-out",
    level=ALWAYS,
)
LINE_MOVED = notice_reason(
    "groups.line_moved",
    "The group for which you stand in line went into %(group)s. You stand in line there, by when you first asked.",
    icon="users",
    level=ALWAYS,
)
LINE_CLOSED = notice_reason(
    "groups.line_closed",
    "The group for which you stood in line went into %(group)s, whose door asks something else. Open the card and ask "
    "there: the day you first asked counts on.",
    icon="users",
    level=ALWAYS,
)
LINE_GONE = notice_reason(
    "groups.line_gone",
    "%(group)s was closed, and so was its line: you wait there no more.",
    icon="archive",
    level=ALWAYS,
)
LINE_BACK = notice_reason(
    "groups.line_back",
    "%(group)s is open again, and you stand in its line as before.",
    icon="undo-2",
    level=ALWAYS,
)
ROLE_GIVEN = notice_reason(
    "groups.role_given", "You are now %(role)s of %(group)s.", icon="key-round", level=ALWAYS, titles=("role",)
)
STAFF_ROLE_GIVEN = notice_reason(
    "groups.staff_role_given",
    "You are now %(role)s of this community.",
    icon="key-round",
    level=ALWAYS,
    titles=("role",),
)
REMOVED = notice_reason(
    "groups.removed", "You were taken out of %(group)s. The reason given: %(why)s", icon="log-out", level=ALWAYS
)
MUTED = notice_reason(
    "groups.muted",
    "You cannot write in %(group)s until %(until)s. The reason given: %(why)s",
    icon="volume-x",
    level=ALWAYS,
)
MUTED_EVERYWHERE = notice_reason(
    "groups.muted_everywhere",
    "You cannot write here until %(until)s. The reason given: %(why)s",
    icon="volume-x",
    level=ALWAYS,
)
VOICE_BACK = notice_reason(
    "groups.restriction_lifted",
    "A restriction was lifted early. You can take part again.",
    icon="volume-2",
    level=ALWAYS,
)
CARD_TO_MEND = notice_reason(
    "groups.card_to_mend",
    "Your name card lacks something that %(group)s asks for. Your profile says what; you stay in the group.",
    icon="circle-user",
    level=ALWAYS,
)
NORMS = notice_reason(
    "groups.norms_published", "%(group)s has new norms. Please read them.", icon="scroll-text", level=ALL
)
CLOSED = notice_reason("groups.group_closed", "%(group)s was closed. You can still read it.", icon="archive", level=ALL)
SERVICE_DUE = notice_reason(
    "groups.service_due",
    "%(group)s: something is due that members count on. When it is done, say so with one tap.",
    icon="clock",
    level=MENTIONS,
)
PROMOTION_PAUSED = notice_reason(
    "groups.promotion_paused",
    "A service of %(group)s has stopped, so nobody new is invited there. Look at which, and get it going again.",
    icon="circle-alert",
    level=MENTIONS,
)
PROMOTION_RESUMED = notice_reason(
    "groups.promotion_resumed",
    "%(group)s gives what it promises again, and new people are invited again.",
    icon="circle-check",
    level=MENTIONS,
)
VERIFIED = notice_reason(
    "people.person_verified",
    "Your credential is confirmed. Colleagues now see the badge beside your name.",
    icon="badge-check",
    level=ALWAYS,
)
WAY_OPEN = notice_reason(
    "groups.way_open", "With your badge %(group)s is open to you: come in.", icon="log-in", level=ALWAYS
)
NOT_VERIFIED = notice_reason(
    "people.verification_refused",
    "Your credential could not be confirmed. The reviewer wrote: %(note)s",
    icon="badge-alert",
    level=ALWAYS,
)
BADGE_ENDED = notice_reason(
    "people.verification_ended",
    "Your badge has ended. Ask for verification again when you are ready.",
    icon="badge-alert",
    level=ALWAYS,
)
EXPORT_READY = notice_reason(
    "people.export_ready", "The file you asked for can be fetched.", icon="download", level=ALWAYS
)
ERASURE_ASKED = notice_reason(
    "people.erasure_asked",
    "You asked to be erased. On %(day)s it begins; until then you can stay. Not you? Stay, and end other sign-ins.",
    icon="triangle-alert",
    level=ALWAYS,
)
ERASURE_HELD_UP = notice_reason(
    "people.erasure_held_up",
    "You could not be erased yet: something must be handed over first. The page says what.",
    icon="triangle-alert",
    level=ALWAYS,
)
VERIFICATION_ASKED = notice_reason(
    "people.verification_asked", "%(who)s asks for a credential to be verified.", icon="badge-help", level=MENTIONS
)
MORE_ASKED = notice_reason(
    "people.verification_more_asked",
    "The reviewer needs to see more before confirming your credential: %(note)s",
    icon="circle-help",
    level=ALWAYS,
)
SECOND_NEEDED = notice_reason(
    "people.verification_second_needed",
    "The credential of %(who)s needs a second reviewer.",
    icon="users",
    level=MENTIONS,
)
BADGE_ENDING = notice_reason(
    "people.verification_ending",
    "Your badge ends on %(day)s. Ask for verification again in time and it stays without a gap.",
    icon="clock",
    level=ALWAYS,
)
VOUCH_ASKED = notice_reason(
    "people.vouch_asked", "%(who)s asks you to vouch for them as a colleague.", icon="handshake", level=ALWAYS
)
VOUCH_GIVEN = notice_reason("people.vouch_answered", "%(who)s vouched for you.", icon="handshake", level=ALWAYS)
VOUCH_TAKEN_BACK = notice_reason(
    "people.vouch_taken_back",
    "%(who)s took back the word for a colleague. Please look at the case again.",
    icon="undo-2",
    level=MENTIONS,
)
