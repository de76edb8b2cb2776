from datetime import timedelta

import pytest

from hearth.core.tenancy import community_scope
from hearth.groups.models import JoinLink, Membership
from hearth.groups.services import (
    change_group,
    look_at_link,
    make_join_link,
    qr_svg,
    redeem_link,
    restrict,
    revoke_link,
)
from hearth.kit.clock import now
from tests.watching import facts, refused


def uses(link):
    return JoinLink.objects.values_list("uses", flat=True).get(pk=link.pk)


def test_a_link_lets_a_member_into_a_hidden_group(ada, bo, dara, cardiology):
    change_group(ada.actor, cardiology, visibility="hidden")
    link = make_join_link(bo.actor, cardiology)
    row = redeem_link(dara.actor, link.code.lower(), 1)
    assert (row.joined_by, row.invited_by_id, row.link_id) == ("link", bo.member.pk, link.pk)
    assert facts("groups.member_admitted")[-1]["invited_by"] == bo.member.pk
    assert uses(link) == 1


def test_a_user_without_a_place_gets_one_by_the_link(bo, eve, community, cardiology):
    link = make_join_link(bo.actor, cardiology)
    with refused("professionals_only"):  # a newcomer's kind is not known yet
        redeem_link(eve.user, link.code, 1, display_name="Eve")
    assert uses(link) == 0


def test_a_link_into_a_general_group_brings_an_outsider_in(ada, bo, eve, cardiology):
    change_group(ada.actor, cardiology, space="general")
    link = make_join_link(bo.actor, cardiology)
    with refused("name_missing", "display_name"):
        redeem_link(eve.user, link.code, 1)
    row = redeem_link(eve.user, link.code, 1, display_name="Eve", by_qr=True)
    assert (row.joined_by, row.member.display_name) == ("qr", "Eve")


def test_coming_in_twice_uses_the_link_once(bo, dara, cardiology):
    link = make_join_link(bo.actor, cardiology, max_uses=1)
    first = redeem_link(dara.actor, link.code, 1)
    with refused("link_spent"):
        redeem_link(dara.actor, link.code, 1)
    assert Membership.objects.filter(member=dara.member).get() == first
    assert uses(link) == 1


def test_a_refused_entry_uses_nothing_up(bo, dara, cardiology):
    link = make_join_link(bo.actor, cardiology, max_uses=1)
    with refused("norms_not_accepted"):
        redeem_link(dara.actor, link.code, None)
    assert uses(link) == 0


def test_the_banned_are_kept_out_by_link_too(bo, dara, cardiology):
    link = make_join_link(bo.actor, cardiology)
    restrict(bo.actor, dara.member, cardiology, kind="ban", why="adverts")
    with refused("banned"):
        redeem_link(dara.actor, link.code, 1)
    assert uses(link) == 0


def test_revoked_expired_and_unknown_links_lead_nowhere(bo, dara, cardiology, time_machine):
    time_machine.move_to(now())
    revoked = make_join_link(bo.actor, cardiology)
    revoke_link(bo.actor, revoked)
    late = make_join_link(bo.actor, cardiology, expires_at=now() + timedelta(days=1))
    time_machine.shift(timedelta(days=2))
    for code in (revoked.code, late.code):
        with refused("link_spent"):
            redeem_link(dara.actor, code, 1)
    with refused("not_found"):
        redeem_link(dara.actor, "NOTACODE", 1)


def test_only_keepers_and_operators_invite(chen, bo, dara, cardiology):
    with refused("not_allowed"):
        make_join_link(chen.actor, cardiology)
    link = make_join_link(bo.actor, cardiology)
    with refused("not_allowed"):
        revoke_link(dara.actor, link)
    with refused("refused", "max_uses"):
        make_join_link(bo.actor, cardiology, max_uses=0)
    with refused("refused", "expires_at"):
        make_join_link(bo.actor, cardiology, expires_at=now())


def test_a_link_of_one_community_is_unknown_in_another(bo, other_community, cardiology):
    link = make_join_link(bo.actor, cardiology)
    with community_scope(other_community), refused("not_found"):
        look_at_link(link.code)


@pytest.mark.parametrize("url", ["https://hearth.example/c/stlucas/join/ABC/", "http://127.0.0.1:8000/x"])
def test_a_qr_code_is_an_svg_with_its_quiet_zone(url):
    svg = qr_svg(url)
    assert svg.startswith("<svg")
    assert "viewBox" in svg
    assert "<script" not in svg
