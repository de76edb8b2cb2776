"""Notices made from facts of people and groups."""

from hearth.core.models import Fact
from hearth.core.permissions import StaffRole
from hearth.core.reactions import on
from hearth.groups.queries import (
    decision,
    group_names,
    keeper_ids,
    last_membership,
    member_ids,
    members_to_mend,
    restrictions_of,
    rhythm_of,
    staff_ids,
    ways_kept_for,
)
from hearth.notify import notices
from hearth.notify.services import place_of, tell
from hearth.people.queries import verifications_of

OFTEN = 3  # days: of what is due more often nobody is reminded each time
_QUIET_WAYS = {"merge", "import", "demo", "moved"}
_NO_USE_ASKING = {"banned", "invitation_needed"}


@on("groups.member_admitted", key="notify.member_admitted")
def member_admitted(fact: Fact) -> None:
    """Welcome the newcomer, and tell those who tend the group."""
    group, member = fact.data["group"], fact.data["member"]
    if fact.data["how"] in _QUIET_WAYS or group not in group_names([group]):
        return
    keepers = set(keeper_ids(group))
    if member not in keepers:
        path = place_of("groups:card", group_id=group)
        tell([member], notices.WELCOME.key, fact=fact, group=group, path=path)
        greet = place_of("groups:tending", group_id=group)
        tell(keepers, notices.NEWCOMER.key, fact=fact, group=group, path=greet, params={"member": member})


@on("groups.member_moved", key="notify.member_moved")
def member_moved(fact: Fact) -> None:
    """Tell somebody where they are now: their group was split or brought together with others, or they were moved."""
    group, member = fact.data["to_group"], fact.data["member"]
    reason = notices.MOVED_BACK if fact.data["undone"] else notices.MOVES[fact.data["kind"]]
    if group in group_names([group]):
        tell([member], reason.key, fact=fact, group=group, path=place_of("groups:card", group_id=group))


@on("groups.line_moved", key="notify.line_moved")
def line_moved(fact: Fact) -> None:
    """Tell somebody who waits that their line went into another, was closed, or is there again."""
    data = fact.data
    reason, group = notices.LINE_MOVED, data["to_group"]
    if data["undone"]:
        reason, group = notices.LINE_BACK, data["from_group"]
    elif data["refused"] in _NO_USE_ASKING:
        reason, group = notices.LINE_GONE, data["from_group"]
    elif data["refused"]:
        reason = notices.LINE_CLOSED
    tell([data["member"]], reason.key, fact=fact, group=group, path=place_of("groups:card", group_id=group))


@on("groups.application_made", key="notify.application_made")
def application_made(fact: Fact) -> None:
    """Tell those who tend the group that somebody waits for their decision."""
    group, member = fact.data["group"], fact.data["member"]
    path = place_of("groups:applications", group_id=group)
    tell(keeper_ids(group), notices.APPLICATION.key, fact=fact, group=group, path=path, params={"member": member})


@on("groups.application_decided", key="notify.application_decided")
def application_decided(fact: Fact) -> None:
    """Tell somebody that they were declined, and why; whoever was let in is welcomed."""
    group, row = fact.data["group"], decision(fact.data["application"])
    if row is not None and not row.approved_by and row.why:  # not taken back meanwhile
        path = place_of("groups:card", group_id=group)
        tell([row.member_id], notices.DECLINED.key, fact=fact, group=group, path=path, params={"why": row.why})


@on(
    "groups.seat_offered",
    "groups.seat_withdrawn",
    "groups.waiting_ended",
    "groups.place_missed",
    key="notify.places",
)
def place_in_line(fact: Fact) -> None:
    """Tell somebody who waits that a place is kept or not any more, that it went on, where a choice left them, or that
    others took them out of the line.
    """
    taken_out = fact.data.get("ended") == "left"
    if taken_out and fact.actor == f"member:{fact.data['member']}":
        return
    reason = {
        "groups.seat_offered": notices.SEAT,
        "groups.seat_withdrawn": notices.SEAT_WITHDRAWN,
        "groups.waiting_ended": notices.LINE_LEFT if taken_out else notices.SEAT_LAPSED,
        "groups.place_missed": notices.PLACE_MISSED,
    }[fact.name]
    until = fact.data.get("until", "")
    params = {"until": until} if until else {"place": fact.data.get("place", 0)}
    group = fact.data["group"]
    path = place_of("groups:card", group_id=group)
    tell([fact.data["member"]], reason.key, fact=fact, group=group, path=path, params=params)


@on("groups.way_opened", key="notify.way_opened")
def way_opened(fact: Fact) -> None:
    """Lead somebody who asked for a badge before coming in back to the link or code that they came by."""
    group, member = fact.data["group"], fact.data["member"]
    kept = next((one for one in ways_kept_for(member) if one.pk == fact.data["kept"]), None)
    if kept is not None:
        path = place_of(f"groups:{kept.route}", code=kept.way.code)
        tell([member], notices.WAY_OPEN.key, fact=fact, group=group, path=path)


@on("groups.role_given", key="notify.role_given")
def role_given(fact: Fact) -> None:
    """Tell somebody about a new role, unless they gave it to themselves."""
    member, group = fact.data["member"], fact.data["group"]
    if fact.actor == f"member:{member}":
        return
    if group is None:
        path = place_of("people:profile")
        tell([member], notices.STAFF_ROLE_GIVEN.key, fact=fact, path=path, params={"role": fact.data["role"]})
    else:
        path = place_of("groups:card", group_id=group)
        tell([member], notices.ROLE_GIVEN.key, fact=fact, group=group, path=path, params={"role": fact.data["role"]})


@on("groups.member_removed", key="notify.member_removed")
def member_removed(fact: Fact) -> None:
    """Tell somebody that they were taken out, and why."""
    group, member = fact.data["group"], fact.data["member"]
    last = last_membership(group, member)
    why = last.left_why if last else ""
    path = place_of("groups:discover")
    tell([member], notices.REMOVED.key, fact=fact, group=group, path=path, params={"why": why})


@on("groups.restriction_set", key="notify.restriction_set")
def restriction_set(fact: Fact) -> None:
    """Tell somebody that their voice is taken for a while, and why; a ban is told by the removal."""
    if fact.data["kind"] != "mute":
        return
    row = restrictions_of(fact.data["member"]).filter(pk=fact.data["restriction"]).first()
    params = {"why": row.why if row else "", "until": fact.data["until"] or "—"}
    group = fact.data["group"]
    reason = notices.MUTED if group else notices.MUTED_EVERYWHERE
    path = place_of("groups:card", group_id=group) if group else place_of("people:profile")
    tell([fact.data["member"]], reason.key, fact=fact, group=group, path=path, params=params)


@on("groups.restriction_lifted", key="notify.restriction_lifted")
def restriction_lifted(fact: Fact) -> None:
    """Tell somebody that they may take part again."""
    tell([fact.data["member"]], notices.VOICE_BACK.key, fact=fact, path=place_of("groups:discover"))


@on("groups.norms_published", key="notify.norms_published")
def norms_published(fact: Fact) -> None:
    """Tell members who want to hear everything that the norms changed; the first version comes with the group."""
    group = fact.data["group"]
    if fact.data["version"] > 1:
        path = place_of("groups:card", group_id=group)
        tell(member_ids(group), notices.NORMS.key, fact=fact, group=group, path=path, by=_member_of(fact))


@on("groups.card_to_mend", key="notify.card_to_mend")
def card_to_mend(fact: Fact) -> None:
    """Tell somebody that a group they are in asks for more on their name card."""
    group = fact.data["group"]
    tell([fact.data["member"]], notices.CARD_TO_MEND.key, fact=fact, group=group, path=place_of("people:profile"))


@on("groups.group_changed", key="notify.name_rule")
def name_rule_changed(fact: Fact) -> None:
    """Tell those whose name cards do not hold a group's new rule."""
    if {"name_rule", "space"} & set(fact.data["fields"]) and not fact.historical:
        group = fact.data["group"]
        members = members_to_mend(group)
        tell(members, notices.CARD_TO_MEND.key, fact=fact, group=group, path=place_of("people:profile"))


@on("groups.group_closed", key="notify.group_closed")
def group_closed(fact: Fact) -> None:
    """Tell members who want to hear everything that the group was closed."""
    group = fact.data["group"]
    path = place_of("groups:card", group_id=group)
    tell(member_ids(group), notices.CLOSED.key, fact=fact, group=group, path=path, by=_member_of(fact))


@on("groups.value_line_turned", key="notify.value_line_turned")
def value_line_turned(fact: Fact) -> None:
    """Remind those who tend a group of what is due, where it is not due day by day."""
    group = fact.data["group"]
    if fact.data["state"] == "due" and rhythm_of(fact.data["answer"]) >= OFTEN and group in group_names([group]):
        path = place_of("groups:tending", group_id=group)
        tell(keeper_ids(group), notices.SERVICE_DUE.key, fact=fact, group=group, path=path)


@on("groups.promotion_paused", "groups.promotion_resumed", key="notify.promotion")
def promotion_turned(fact: Fact) -> None:
    """Tell those who tend the group and those who run the community: each goes to their own page."""
    group = fact.data["group"]
    if group not in group_names([group]):
        return
    paused = fact.name == "groups.promotion_paused"
    reason = (notices.PROMOTION_PAUSED if paused else notices.PROMOTION_RESUMED).key
    operators = set(staff_ids(StaffRole.OPERATOR)) | set(staff_ids(StaffRole.ADMIN))
    keepers = set(keeper_ids(group)) - operators
    tell(operators, reason, fact=fact, group=group, path=place_of("console:group", group_id=group))
    tell(keepers, reason, fact=fact, group=group, path=place_of("groups:tending", group_id=group))


@on("people.verification_asked", key="notify.verification_asked")
def verification_asked(fact: Fact) -> None:
    """Tell those who decide on credentials."""
    member = fact.data["member"]
    tell(_deciding(), notices.VERIFICATION_ASKED.key, fact=fact, path=_case(fact), params={"member": member})


@on("people.verification_second_needed", key="notify.second_reviewer")
def second_reviewer(fact: Fact) -> None:
    """Tell those who decide, but for the one who gave the first opinion."""
    params = {"member": fact.data["member"]}
    others = _deciding() - {_member_of(fact)}
    tell(others, notices.SECOND_NEEDED.key, fact=fact, path=_case(fact), params=params)


@on("people.vouch_asked", "people.vouch_answered", "people.vouch_taken_back", key="notify.vouches")
def vouches(fact: Fact) -> None:
    """Tell a colleague that they are asked, a member that somebody vouched, reviewers that a word was taken back.

    A colleague who would rather not is not told on.
    """
    member, colleague = fact.data["member"], fact.data["colleague"]
    if fact.name == "people.vouch_asked":
        tell([colleague], notices.VOUCH_ASKED.key, fact=fact, path=place_of("people:vouch"), params={"member": member})
    elif fact.name == "people.vouch_taken_back":
        params = {"member": colleague}
        tell(_deciding(), notices.VOUCH_TAKEN_BACK.key, fact=fact, path=_case(fact), params=params)
    elif fact.data["vouched"]:
        path = place_of("people:verification")
        tell([member], notices.VOUCH_GIVEN.key, fact=fact, path=path, params={"member": colleague})


def _deciding() -> set[int]:
    return {pk for role in (StaffRole.ADMIN, StaffRole.OPERATOR, StaffRole.REVIEWER) for pk in staff_ids(role)}


def _case(fact: Fact) -> str:
    return place_of("console:verification-row", verification_id=fact.data["verification"])


@on(
    "people.person_verified",
    "people.verification_refused",
    "people.verification_ended",
    "people.verification_more_asked",
    "people.verification_ending",
    key="notify.verification",
)
def verification_decided(fact: Fact) -> None:
    """Tell somebody what became of their credential."""
    member = fact.data["member"]
    told = {
        "people.person_verified": notices.VERIFIED,
        "people.verification_refused": notices.NOT_VERIFIED,
        "people.verification_ended": notices.BADGE_ENDED,
        "people.verification_more_asked": notices.MORE_ASKED,
        "people.verification_ending": notices.BADGE_ENDING,
    }[fact.name]
    row = next((row for row in verifications_of(member) if row.pk == fact.data["verification"]), None)
    params = {"note": row.note if row else ""} if told in {notices.NOT_VERIFIED, notices.MORE_ASKED} else {}
    if told is notices.BADGE_ENDING:
        params = {"day": fact.data["expires_on"]}
    tell([member], told.key, fact=fact, path=place_of("people:verification"), params=params)


@on("people.export_ready", "people.erasure_asked", "people.erasure_held_up", key="notify.own_data")
def own_data(fact: Fact) -> None:
    """Tell somebody that their file is there, or what becomes of their wish to be erased."""
    told = {
        "people.export_ready": notices.EXPORT_READY,
        "people.erasure_asked": notices.ERASURE_ASKED,
        "people.erasure_held_up": notices.ERASURE_HELD_UP,
    }[fact.name]
    params = {"day": fact.data["due"]} if "due" in fact.data else {}
    tell([fact.data["member"]], told.key, fact=fact, path=place_of("people:my-data"), params=params)


def _member_of(fact: Fact) -> int | None:
    kind, _colon, pk = fact.actor.partition(":")
    return int(pk) if kind == "member" else None
