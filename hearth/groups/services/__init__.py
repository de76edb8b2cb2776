"""What can be done with communities and groups, by noun."""

from hearth.groups.services.admission import (
    admit_member,
    leave_group,
    pass_memberships_on,
    remove_member,
    take_memberships_back,
)
from hearth.groups.services.applications import (
    Knock,
    decide_application,
    knock,
    knock_by_link,
    take_back_decision,
    withdraw_application,
)
from hearth.groups.services.badge_first import ask_badge_first, ask_badge_first_by_code
from hearth.groups.services.codes import (
    change_entry_code,
    follow_code,
    look_at_code,
    make_entry_code,
    open_next,
    revoke_entry_code,
    way_for,
)
from hearth.groups.services.communities import (
    change_charter,
    change_community,
    end_staff,
    found_community,
    make_staff,
)
from hearth.groups.services.duties import remove_duty, set_duty
from hearth.groups.services.gates import change_gates
from hearth.groups.services.history import Came, Went, import_arrivals, import_departures, import_memberships
from hearth.groups.services.lifecycle import change_group, close_group, open_group, reopen_group
from hearth.groups.services.links import invite, look_at_link, make_join_link, qr_svg, redeem_link, revoke_link
from hearth.groups.services.merging import plan_merge
from hearth.groups.services.norms import accept_norms, publish_norms
from hearth.groups.services.places import add_place, change_place, place_group, remove_place
from hearth.groups.services.regrouping import begin_regrouping, carry_out, go_on, move_member, take_back
from hearth.groups.services.restrictions import lift, restrict
from hearth.groups.services.roles import end_role, give_role, hand_over
from hearth.groups.services.splitting import change_part, choose_keeper, plan_split, shift_member
from hearth.groups.services.standings import judge_rhythms, keep_standings
from hearth.groups.services.value_lines import end_lift, lift_pause, note_deed, remove_answer, set_answer, undo_deed
from hearth.groups.services.waiting import (
    cancel_choice,
    draw,
    draw_due,
    lapse_offers,
    leave_line,
    offer_seats,
    set_choice,
    wait_for_place,
)

__all__ = [
    "Came",
    "Knock",
    "Went",
    "accept_norms",
    "add_place",
    "admit_member",
    "ask_badge_first",
    "ask_badge_first_by_code",
    "begin_regrouping",
    "cancel_choice",
    "carry_out",
    "change_charter",
    "change_community",
    "change_entry_code",
    "change_gates",
    "change_group",
    "change_part",
    "change_place",
    "choose_keeper",
    "close_group",
    "decide_application",
    "draw",
    "draw_due",
    "end_lift",
    "end_role",
    "end_staff",
    "follow_code",
    "found_community",
    "give_role",
    "go_on",
    "hand_over",
    "import_arrivals",
    "import_departures",
    "import_memberships",
    "invite",
    "judge_rhythms",
    "keep_standings",
    "knock",
    "knock_by_link",
    "lapse_offers",
    "leave_group",
    "leave_line",
    "lift",
    "lift_pause",
    "look_at_code",
    "look_at_link",
    "make_entry_code",
    "make_join_link",
    "make_staff",
    "move_member",
    "note_deed",
    "offer_seats",
    "open_group",
    "open_next",
    "pass_memberships_on",
    "place_group",
    "plan_merge",
    "plan_split",
    "publish_norms",
    "qr_svg",
    "redeem_link",
    "remove_answer",
    "remove_duty",
    "remove_member",
    "remove_place",
    "reopen_group",
    "restrict",
    "revoke_entry_code",
    "revoke_link",
    "set_answer",
    "set_choice",
    "set_duty",
    "shift_member",
    "take_back",
    "take_back_decision",
    "take_memberships_back",
    "undo_deed",
    "wait_for_place",
    "way_for",
    "withdraw_application",
]
