"""The pages of a door, without scripts: what is asked, deciding, changing it, inviting one person."""

import re
from datetime import UTC, datetime

import pytest

from hearth.core.relay import run_once
from hearth.core.routing import link
from hearth.groups.models import Application, Choice, JoinLink, Membership, Waiting
from hearth.groups.queries.doors import policy_of, steps_of, waiting_applications
from hearth.groups.services import change_gates, change_group, decide_application, leave_group, make_join_link
from hearth.groups.tests.test_pages import at, post
from tests.cast import newcomer, second_factor
from tests.watching import facts

ENTRY = {"norms_version": 1, "accept_norms": "on"}
QUESTION = {"kind": "question", "question": "What brings you here?", "decides": "keeper"}
QUIZ = {"kind": "quiz", "questions": ["2+2 | 4 | 5", "3+3 | 6 | 7"], "pass_percent": 100, "tries": 3, "wait_hours": 5}


@pytest.fixture
def asking(bo, cardiology):
    """A door with a question that a keeper reads."""
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [QUESTION]}])
    return cardiology


def key_of(group):
    return steps_of(group.pk)[0].conditions()[0].key


def join(client, group, **given):
    card = at("card", group_id=group.pk)
    return post(client, at("join", group_id=group.pk), page=card, **ENTRY, **given)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_of_a_door_opens_for_its_keeper(client_of, bo, dara, asking, language):
    join(client_of(dara), asking, **{f"gate-{key_of(asking)}": "To learn."})
    client = client_of(bo)
    client.cookies["hearth_language"] = language
    one = {"group_id": asking.pk}
    paths = [at(name, **one) for name in ("door", "applications", "invitation", "waiting")]
    paths += [at("door-condition", **one, kind=kind) for kind in ("question", "task", "quiz", "segment", "approval")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<c-" not in answer.content.decode(), path
    assert client.get(at("door-condition", **one, kind="level")).status_code == 404, "it waits for its module"


def test_a_newcomer_answers_waits_and_is_let_in_with_one_press(client_of, bo, dara, asking):
    client = client_of(dara)
    html = client.get(at("card", group_id=asking.pk)).content.decode()
    assert "What brings you here?" in html
    assert "The door asks for more" in join(client, asking).content.decode()
    told = join(client, asking, **{f"gate-{key_of(asking)}": "To learn <b>.", "gate-nonsense": "x", "gate-": "y"})
    assert "Your request is with those who tend the group" in told.content.decode()
    keeper, queue = client_of(bo), at("applications", group_id=asking.pk)
    html = keeper.get(queue).content.decode()
    assert "To learn &lt;b&gt;." in html
    row = Application.objects.get()
    assert f'value="{row.pk}" checked' in html
    done = post(keeper, queue, pick=row.pk, verdict="approve")
    assert "1 person is in." in done.content.decode()
    assert Membership.objects.get(member=dara.member).left_at is None
    undo = at("decision-undo", group_id=asking.pk, picked=str(row.pk))
    assert undo in done.content.decode()
    post(keeper, undo, page=queue)
    assert Membership.objects.get(member=dara.member).left_at is not None
    row.refresh_from_db()
    assert (row.closed_at, row.decided_at) == (None, None)


def test_many_are_declined_at_once_and_read_why(client_of, bo, dara, asking):
    people = [dara, newcomer(dara.community, "Fay", kind="professional")]
    for one in people:
        join(client_of(one), asking, **{f"gate-{key_of(asking)}": "Hi."})
    keeper, queue = client_of(bo), at("applications", group_id=asking.pk)
    picked = list(Application.objects.values_list("pk", flat=True))
    silent = post(keeper, queue, pick=picked, verdict="decline")
    assert silent.status_code == 422
    assert "Say why; the member reads it." in silent.content.decode()
    done = post(keeper, queue, pick=picked, verdict="decline", why="Say who you are.")
    assert "2 requests are declined." in done.content.decode()
    assert [fact["approved"] for fact in facts("groups.application_decided")] == [False, False]


def test_a_keeper_reads_who_is_in_and_who_only_stands_in_line(client_of, ada, bo, dara, asking):
    people = [dara, *(newcomer(dara.community, name, kind="professional") for name in ("Fay", "Gu", "Hana"))]
    for one in people:
        join(client_of(one), asking, **{f"gate-{key_of(asking)}": "Hi."})
    change_group(ada.actor, asking, capacity=4)
    keeper, queue = client_of(bo), at("applications", group_id=asking.pk)
    picked = list(Application.objects.order_by("pk").values_list("pk", flat=True))
    mixed = post(keeper, queue, pick=picked[:2], verdict="approve").content.decode()
    assert "1 person is in." in mixed
    assert "1 person stands in line until a place is free." in mixed
    assert re.findall(r">(may come in|let in)<", mixed) == ["may come in", "let in"]
    told = post(keeper, queue, pick=picked[2:], verdict="approve").content.decode()
    assert "2 people stand in line until places are free." in told
    assert "is in." not in told
    assert Membership.objects.filter(group=asking, left_at=None).count() == 4


@pytest.fixture
def two(client_of, dara, asking):
    """The requests of Dara and Fay."""
    for one in (dara, newcomer(dara.community, "Fay", kind="professional")):
        join(client_of(one), asking, **{f"gate-{key_of(asking)}": "Hi."})
    return list(Application.objects.order_by("pk"))


def test_each_decision_is_taken_back_by_itself(client_of, bo, dara, asking, two):
    keeper, queue = client_of(bo), at("applications", group_id=asking.pk)
    post(keeper, queue, pick=[row.pk for row in two], verdict="approve")
    leave_group(dara.actor, asking)
    undo = at("decision-undo", group_id=asking.pk, picked="-".join(str(row.pk) for row in two))
    html = post(keeper, undo, page=queue).content.decode()
    assert "1 request waits again." in html
    assert "Too much has happened since to take these decisions back: Dara." in html
    assert [row.pk for row in waiting_applications(asking.pk)] == [two[1].pk]
    html = post(keeper, undo, page=queue).content.decode()
    assert "Too much has happened since to take these decisions back: Dara, Fay." in html
    assert [row.pk for row in waiting_applications(asking.pk)] == [two[1].pk]


def test_who_decides_on_what_others_have_decided_meanwhile_is_told(client_of, ada, bo, asking, two):
    keeper, queue = client_of(bo), at("applications", group_id=asking.pk)
    keeper.get(queue)
    decide_application(ada.actor, two[0], approve=True)
    done = post(keeper, queue, pick=[row.pk for row in two], verdict="approve")
    html = done.content.decode()
    assert ("1 person is in." in html, "These were decided or taken back meanwhile: Dara." in html) == (True, True)
    before = len(facts())
    answer = post(keeper, queue, page=at("door", group_id=asking.pk), pick=[row.pk for row in two], verdict="decline")
    assert answer.status_code == 422
    assert "These were decided or taken back meanwhile: Dara, Fay." in answer.content.decode()
    assert len(facts()) == before


def test_a_request_is_taken_back_on_the_card(client_of, dara, asking):
    client = client_of(dara)
    join(client, asking, **{f"gate-{key_of(asking)}": "Hi."})
    row = Application.objects.get()
    post(client, at("request-withdrawal", application_id=row.pk), page=at("card", group_id=asking.pk))
    row.refresh_from_db()
    assert row.ended == "withdrawn"


def test_a_quiz_is_taken_on_the_card(client_of, bo, dara, cardiology):
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [QUIZ]}])
    client, key = client_of(dara), key_of(cardiology)
    pages = {client.get(at("card", group_id=cardiology.pk)).content.decode().count('name="gate-') for _look in range(2)}
    assert pages == {4}
    wrong = join(client, cardiology, **{f"gate-{key}-0": "4", f"gate-{key}-1": "7", f"gate-{key}-999": "x"})
    assert "50 % were right, 100 % are needed." in wrong.content.decode()
    join(client, cardiology, **{f"gate-{key}-0": "4", f"gate-{key}-1": "6"})
    assert Membership.objects.get(member=dara.member).joined_by == "open_door"


def test_the_next_try_of_a_quiz_is_told_by_the_clock_of_the_reader(client_of, bo, dara, cardiology, time_machine):
    time_machine.move_to(datetime(2026, 11, 30, 18, 51, tzinfo=UTC))
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [QUIZ | {"tries": 1}]}])
    client, key = client_of(dara), key_of(cardiology)
    client.cookies["hearth_zone"] = "Asia/Shanghai"
    html = join(client, cardiology, **{f"gate-{key}-0": "5", f"gate-{key}-1": "7"}).content.decode()
    assert "You can try again from Dec 1, 2026, 07:51 on." in html


def test_a_link_leads_to_the_door_of_a_hidden_group(client_of, ada, bo, dara, asking):
    change_group(ada.actor, asking, visibility="hidden")
    link = make_join_link(bo.actor, asking, max_uses=1)
    client, path = client_of(dara), at("entry", code=link.code)
    told = post(client, path, **ENTRY, **{f"gate-{key_of(asking)}": "I was told to."})
    assert "Your request is with those who tend the group" in told.content.decode()
    row = Application.objects.get()
    assert (row.link_id, row.how, JoinLink.objects.get().uses) == (link.pk, "link", 0)
    post(client_of(bo), at("applications", group_id=asking.pk), pick=row.pk, verdict="approve")
    assert Membership.objects.get(member=dara.member).joined_by == "link"


def test_a_keeper_composes_the_door_by_its_pages(client_of, bo, cardiology):
    client, one = client_of(bo), {"group_id": cardiology.pk}
    page = at("door", **one)
    add = at("door-condition", **one, kind="question")
    post(client, add, start=50, question="Why?", decides="any", why="It grows.")
    post(client, at("door-condition", **one, kind="segment"), start=50, departments="Neurology\n\n Surgery ")
    segment = steps_of(cardiology.pk)[0].conditions()[1].key
    post(client, at("door-condition", **one, kind="invitation"), start=50, by="member", beside=segment)
    assert policy_of(cardiology.pk).steps == [
        {
            "from": 50,
            "join": "all",
            "conditions": [
                {"kind": "question", "question": "Why?", "decides": "any"},
                {
                    "join": "any",
                    "conditions": [
                        {
                            "kind": "segment", "departments": ["Neurology", "Surgery"], "hospitals": [], "cities": [],
                            "kinds": [], "tags": [], "verified": False,
                        },
                        {"kind": "invitation", "by": "member"},
                    ],
                },
            ],
        }
    ]  # fmt: skip
    html = client.get(page).content.decode()
    assert "Works in the department Neurology, Surgery" in html
    assert "From 50 members on" in html
    post(client, page, act="join", start=50, join="any")
    post(client, page, act="remove", start=50, key=segment)
    assert policy_of(cardiology.pk).steps[0]["join"] == "any"
    assert [one["kind"] for one in policy_of(cardiology.pk).steps[0]["conditions"]] == ["question", "invitation"]
    post(client, page, act="drop", start=50)
    assert policy_of(cardiology.pk).steps == []
    wrong = post(
        client,
        at("door-condition", **one, kind="quiz"),
        start=0,
        questions="no answers",
        pass_percent=80,
        tries=3,
        wait_hours=1,
    )
    assert wrong.status_code == 422
    assert "question | right answer" in wrong.content.decode()


BADGE_ASKED = "A badge, from whoever is no professional"


def test_the_pages_of_a_group_for_professionals_say_that_a_badge_is_asked(client_of, ada, cardiology):
    second_factor(ada.user)
    client = client_of(ada)
    paths = [at("door", group_id=cardiology.pk), link("console:group", cardiology.pk)]
    for path in paths:
        assert BADGE_ASKED in client.get(path).content.decode()
    assert "asks nothing" not in client.get(paths[0]).content.decode()
    change_group(ada.actor, cardiology, space="patient")
    for path in paths:
        assert BADGE_ASKED not in client.get(path).content.decode()
    assert "The door asks nothing" in client.get(paths[0]).content.decode()


def test_a_step_in_force_shows_who_would_pass(client_of, bo, dara, cardiology):
    segment = {"kind": "segment", "departments": ["Surgery"]}
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [segment]}])
    html = client_of(bo).get(at("door", group_id=cardiology.pk)).content.decode()
    assert "This group is for the department Surgery." in html


def test_an_operator_joins_past_the_door_with_a_reason(client_of, ada, dara, asking):
    from hearth.groups.services import make_staff

    fay = newcomer(dara.community, "Fay", kind="staff")
    make_staff(ada.actor, fay.member, "operator")
    from tests.cast import second_factor

    second_factor(fay.user)
    client = client_of(fay)
    assert "Say why you let them in" in join(client, asking).content.decode()
    join(client, asking, why="To help out.")
    assert Membership.objects.get(member=fay.member).left_at is None


def test_a_member_invites_one_person_where_the_door_asks_for_it(client_of, bo, chen, dara, cardiology):
    client, page = client_of(chen), at("invitation", group_id=cardiology.pk)
    assert post(client, page, email="fay@example.org").status_code == 422
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [{"kind": "invitation", "by": "member"}]}])
    assert "Invite somebody" in client.get(at("card", group_id=cardiology.pk)).content.decode()
    html = post(client, page, email="fay@example.org").content.decode()
    assert at("entry", code=JoinLink.objects.get().code) in html
    assert client_of(dara).get(page).status_code == 403


def test_requests_stand_on_today(client_of, ada, dara, asking):
    second_factor(ada.user)
    join(client_of(dara), asking, **{f"gate-{key_of(asking)}": "Hi."})
    assert "Dara asks to come in" in client_of(ada).get(f"/c/{dara.community.key}/console/").content.decode()


def test_the_queue_asks_the_database_as_often_for_many_as_for_one(
    client_of, bo, dara, asking, django_assert_max_num_queries
):
    for n in range(6):
        one = newcomer(dara.community, f"N{n}", kind="professional")
        join(client_of(one), asking, **{f"gate-{key_of(asking)}": "Hi."})
    client, queue = client_of(bo), at("applications", group_id=asking.pk)
    client.get(queue)
    with django_assert_max_num_queries(22):
        assert client.get(queue).content.decode().count('name="pick"') == 6


def test_a_full_group_keeps_a_line_and_the_card_says_where_one_stands(client_of, ada, bo, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    client, card = client_of(dara), at("card", group_id=cardiology.pk)
    assert "Ask for a place" in client.get(card).content.decode()
    told = join(client, cardiology).content.decode()
    assert "You stand in line: place 1 of 1." in told
    assert "Whoever asked first comes first." in told
    assert "Nobody waits for a place." not in client_of(bo).get(at("waiting", group_id=cardiology.pk)).content.decode()
    change_group(ada.actor, cardiology, capacity=4)
    run_once()
    assert "A place is kept for you" in client.get(card).content.decode()
    join(client, cardiology)
    assert Membership.objects.get(member=dara.member).left_at is None


def test_the_card_tells_a_group_that_is_full_from_one_whose_free_places_are_kept(client_of, ada, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    fay = newcomer(dara.community, "Fay", kind="professional")
    join(client_of(fay), cardiology)
    client, card = client_of(dara), at("card", group_id=cardiology.pk)
    assert "The group is full." in client.get(card).content.decode()
    change_group(ada.actor, cardiology, capacity=4)
    run_once()
    html = client.get(card).content.decode()
    assert "What is free is kept for those who stand in line." in html
    assert "The group is full." not in html
    change_group(ada.actor, cardiology, capacity=5)
    html = client.get(card).content.decode()
    assert "Ask for a place" not in html
    join(client, cardiology)
    assert Membership.objects.get(member=dara.member).left_at is None


def test_a_place_that_is_kept_can_be_declined_on_the_card(client_of, ada, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    client, card = client_of(dara), at("card", group_id=cardiology.pk)
    join(client, cardiology)
    change_group(ada.actor, cardiology, capacity=4)
    run_once()
    html = client.get(card).content.decode()
    assert "press Join." in html
    assert at("line-leaving", waiting_id=Waiting.objects.get().pk) in html


def test_the_hint_about_a_kept_place_names_the_button_that_is_there(client_of, ada, bo, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    client, card = client_of(dara), at("card", group_id=cardiology.pk)
    join(client, cardiology)
    change_gates(bo.actor, cardiology, [{"from": 0, "conditions": [{"kind": "approval", "by": "keeper"}]}])
    change_group(ada.actor, cardiology, capacity=4)
    run_once()
    html = client.get(card).content.decode()
    assert "press “Ask to come in”." in html
    assert "press Join" not in html


def test_one_leaves_the_line_on_the_card(client_of, ada, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    client = client_of(dara)
    join(client, cardiology)
    row = Waiting.objects.get()
    post(client, at("line-leaving", waiting_id=row.pk), page=at("card", group_id=cardiology.pk))
    row.refresh_from_db()
    assert row.ended == "left"


def test_a_keeper_takes_somebody_out_of_the_line(client_of, ada, bo, dara, cardiology):
    change_group(ada.actor, cardiology, capacity=3)
    join(client_of(dara), cardiology)
    keeper, page = client_of(bo), at("waiting", group_id=cardiology.pk)
    out = at("line-leaving", waiting_id=Waiting.objects.get().pk)
    assert out in keeper.get(page).content.decode()
    html = post(keeper, out, page=page).content.decode()
    assert "Dara no longer stands in line." in html
    assert "Nobody waits for a place." in html
    assert Waiting.objects.get().ended == "left"


def test_a_keeper_sets_a_choice_and_calls_it_off_and_the_card_tells_of_it(client_of, bo, dara, cardiology):
    client, page = client_of(bo), at("waiting", group_id=cardiology.pk)
    form = {"seats": 5, "opens_at": "2099-01-01T10:00", "tiers": "gold, platinum\n\nsilver", "then": "longest_here"}
    assert post(client, page, **{**form, "opens_at": "2001-01-01T10:00"}).status_code == 422
    html = post(client, page, **form).content.decode()
    assert "First gold, platinum; silver; among them whoever has been in the community longest." in html
    assert Choice.objects.get().tiers == [["gold", "platinum"], ["silver"]]
    html = join(client_of(dara), cardiology).content.decode()
    assert "You stand in line: place 1 of 1." in html
    assert "You need do nothing more." in html
    post(client, at("choice-cancellation", group_id=cardiology.pk), page=page)
    assert Choice.objects.get().cancelled_at is not None


def test_one_place_is_given_and_many_are(client_of, bo, cardiology):
    client, page = client_of(bo), at("waiting", group_id=cardiology.pk)
    form = {"opens_at": "2099-01-01T10:00", "tiers": "", "then": "first_come"}
    assert "1 place is given." in post(client, page, seats=1, **form).content.decode()
    post(client, at("choice-cancellation", group_id=cardiology.pk), page=page)
    assert "2 places are given." in post(client, page, seats=2, **form).content.decode()
