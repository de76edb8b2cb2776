"""The word of welcome: of the way somebody came, else of the group, with names in it."""

from datetime import timedelta

import pytest

from hearth.groups.models import Group, Membership
from hearth.groups.queries.codes import entry_codes
from hearth.groups.queries.onboarding import welcome_for
from hearth.groups.rules.welcome import filled
from hearth.groups.services import (
    admit_member,
    change_group,
    follow_code,
    leave_group,
    make_entry_code,
    make_join_link,
    redeem_link,
)
from hearth.groups.services.codes import open_next
from hearth.groups.services.onboarding import give_buddy
from hearth.kit.clock import now

WORDS = {"name": "Dara", "group": "Cardiology", "keeper": "Bo"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {name}, this is {group}.\nAsk {keeper}.", "Hello Dara, this is Cardiology.\nAsk Bo."),
        ("{name.__class__} {0} {Name} {{name}} %(name)s", "{name.__class__} {0} {Name} {Dara} %(name)s"),
        ("", ""),
    ],
)
def test_names_are_put_in_and_nothing_else(text, said):
    assert filled(text, WORDS) == said


def test_a_name_is_no_template_and_a_line_about_nobody_is_left_out():
    assert filled("Hello {name}!\n{keeper} greets you.", {"name": "{keeper}", "keeper": ""}) == "Hello {keeper}!"


def test_each_door_has_its_own_word_and_the_group_speaks_where_it_has_none(ada, bo, dara, cardiology, time_machine):
    change_group(ada.actor, cardiology, welcome="Welcome, {name}. {keeper} shows you round.")
    cardiology.refresh_from_db()
    redeem_link(dara.actor, make_join_link(bo.actor, cardiology).code, 1)
    assert welcome_for(dara.member.pk, cardiology) == ""  # the line names a keeper, and none was given yet
    give_buddy(cardiology.pk, dara.member.pk)
    assert welcome_for(dara.member.pk, cardiology) == "Welcome, Dara. Ada Lind shows you round."
    leave_group(dara.actor, cardiology)
    assert welcome_for(dara.member.pk, cardiology) == ""

    link = make_join_link(bo.actor, cardiology, welcome=" From the congress: {group} is here. ")
    redeem_link(dara.actor, link.code, 1)
    assert welcome_for(dara.member.pk, cardiology) == "From the congress: Cardiology is here."
    leave_group(dara.actor, cardiology)

    make_entry_code(ada.actor, title="Poster", default_group=cardiology.pk, welcome="You saw the poster.")
    (code,) = entry_codes()
    follow_code(dara.actor, code, language="en", norms_of=cardiology.pk, norms_version=1)
    assert Membership.objects.get(member=dara.member, left_at=None).entry_code == code
    assert welcome_for(dara.member.pk, cardiology) == "You saw the poster."
    time_machine.move_to(now() + timedelta(days=15), tick=False)
    assert welcome_for(dara.member.pk, cardiology) == ""


def test_whoever_was_brought_along_is_no_newcomer(ada, dara, cardiology):
    change_group(ada.actor, cardiology, welcome="Welcome.")
    admit_member(ada.actor, cardiology, dara.member, how="import")
    assert welcome_for(dara.member.pk, cardiology) == ""


def test_the_card_greets_whoever_came_lately(ada, bo, dara, client_of, cardiology):
    change_group(ada.actor, cardiology, welcome="Tell us <b>one</b> thing, {name}.")
    page, links = (f"/c/stlucas/groups/{cardiology.pk}/{part}/" for part in ("card", "links"))
    asked = client_of(bo).post(links, {"days": 7, "welcome": "Hello from the ward.", "idempotency_key": "k" * 20})
    assert asked.status_code == 302
    assert "Hello from the ward." in client_of(bo).get(links).text
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    assert "Tell us &lt;b&gt;one&lt;/b&gt; thing, Dara." in client_of(dara).get(page).text
    assert "Tell us" not in client_of(ada).get(page).text


def test_the_next_of_a_series_asks_for_the_same_name_card(ada, cardiology):
    change_group(ada.actor, cardiology, space="professional", name_rule="{name}-{hospital}")
    assert open_next(Group.objects.get(pk=cardiology.pk)).name_rule == "{name}-{hospital}"
