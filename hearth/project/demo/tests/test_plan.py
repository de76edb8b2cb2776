"""The demonstration's life keeps what it promises: the figures of real communities, and the stories to find."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from hearth.project.demo.clock import local
from hearth.project.demo.making import plan
from hearth.project.demo.preview import main
from hearth.project.demo.shapes import DemoMessage, DemoPlan, Words, show_mentions
from hearth.project.demo.statistics import first_delays, measure

NOW = datetime(2026, 5, 20, 13, 30, tzinfo=UTC)
OTHER_NOW = datetime(2026, 7, 5, 21, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> DemoPlan:
    return plan(now=NOW)


@pytest.fixture(scope="module")
def other() -> DemoPlan:
    return plan(seed=7, now=OTHER_NOW)


@pytest.fixture(params=["made", "other"])
def any_plan(request: pytest.FixtureRequest) -> DemoPlan:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, DemoPlan)
    return found


def messages_of(made: DemoPlan) -> dict[str, DemoMessage]:
    return {row.key: row for row in made.messages}


def test_the_same_seed_and_time_give_the_same_plan_and_another_seed_another(made: DemoPlan, other: DemoPlan) -> None:
    began = time.process_time()
    again = plan(now=NOW)
    assert time.process_time() - began < 3.0
    assert again.digest() == made.digest()
    assert again == made
    assert other.digest() != made.digest()


def test_a_naive_time_or_too_small_a_community_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        plan(now=datetime(2026, 5, 20))  # noqa: DTZ001
    with pytest.raises(ValueError, match="at least 100 people"):
        plan(now=NOW, people=20)


def test_there_are_three_hundred_people_in_seven_groups(any_plan: DemoPlan) -> None:
    assert len(any_plan.people) == 300
    assert len({person.email for person in any_plan.people}) == 300
    assert [group.space for group in any_plan.groups] == ["professional"] * 6 + ["patient"]
    sexes = Counter(person.sex for person in any_plan.people)
    assert abs(sexes["f"] - sexes["m"]) <= 12
    assert 6_000 <= len(any_plan.messages) <= 9_000


def test_the_figures_are_those_of_real_communities(any_plan: DemoPlan) -> None:
    whole = measure(any_plan)
    assert 0.74 <= whole.gini <= 0.97
    assert 0.24 <= whole.returned <= 0.51
    assert 0.56 <= whole.answered <= 0.86
    assert whole.repeated < 0.03
    for group in any_plan.groups:
        assert 0.68 <= measure(any_plan, group.key).gini <= 0.97, group.key


def test_answers_come_in_minutes_or_on_the_next_day(any_plan: DemoPlan) -> None:
    whole = measure(any_plan)
    assert whole.within_hour > 0.5
    assert whole.next_day > 0.2
    delays = [delay for delay in first_delays(any_plan, list(any_plan.messages)) if delay is not None]
    between = sum(timedelta(hours=2) < delay < timedelta(hours=6) for delay in delays)
    assert between / len(delays) < 0.12


def test_nights_and_weekends_are_quiet_except_in_emergency(any_plan: DemoPlan) -> None:
    assert measure(any_plan, "cardiology").night < 0.04
    assert measure(any_plan, "cardiology").weekend < 0.27
    assert measure(any_plan, "emergency").night > 0.05
    assert measure(any_plan, "diabetes").weekend > 0.2


def test_everything_happens_in_order_and_before_now(any_plan: DemoPlan) -> None:
    by_key = messages_of(any_plan)
    assert [row.key for row in any_plan.messages] == sorted(by_key)
    assert list(any_plan.messages) == sorted(any_plan.messages, key=lambda row: row.at)
    for row in any_plan.messages:
        assert row.at < any_plan.now
        if row.reply_to:
            assert by_key[row.reply_to].at <= row.at
            assert by_key[row.reply_to].group == row.group
            assert by_key[row.thread or ""].thread is None
    for reaction in any_plan.reactions:
        assert by_key[reaction.message].at <= reaction.at < any_plan.now
    for edit in any_plan.edits:
        assert by_key[edit.message].text.startswith(edit.before)


def test_nobody_speaks_before_joining_or_after_leaving(any_plan: DemoPlan) -> None:
    stays = {(row.person, row.group): (row.joined_at, row.left_at or any_plan.now) for row in any_plan.memberships}
    for row in any_plan.messages:
        joined, left = stays[row.author, row.group]
        assert joined <= row.at <= left, (row.group, row.text)
        for person in row.mentions:
            assert (person, row.group) in stays


def test_no_slot_alternative_or_mark_of_the_grammar_is_left_in_the_talk(any_plan: DemoPlan) -> None:
    names = {person.key: person.display_name for person in any_plan.people}
    for row in any_plan.messages:
        text = show_mentions(row.text, names.__getitem__)
        assert not set("{}|<>") & set(text), text
        assert "[" not in text, text
        assert row.text == row.text.strip()


def test_seeded_posts_are_staffs_and_staffs_posts_are_seeded(any_plan: DemoPlan) -> None:
    staff = {person.key for person in any_plan.people if person.kind == "staff"}
    for row in any_plan.messages:
        assert (row.origin != "organic") == (row.author in staff), row
    assert {row.origin for row in any_plan.messages} == {"organic", "operator", "scheduled"}


def test_the_personas_can_be_stepped_into(any_plan: DemoPlan) -> None:
    assert {row.role: row.email for row in any_plan.personas} == {
        "operator": "ada@hearth.example",
        "reviewer": "felix@hearth.example",
        "keeper": "bo@hearth.example",
        "doctor": "chen@hearth.example",
        "newcomer": "dara@hearth.example",
        "outsider": "eve@hearth.example",
    }
    eve = next(row.person for row in any_plan.personas if row.role == "outsider")
    assert eve not in {row.person for row in any_plan.memberships}


def test_one_badge_waits_for_review_and_most_doctors_are_verified(any_plan: DemoPlan) -> None:
    states = Counter(row.state for row in any_plan.verifications)
    doctors = sum(person.kind == "doctor" for person in any_plan.people)
    assert states["waiting"] == 1
    assert states["verified"] / doctors > 0.75
    assert states["expired"] >= 2
    for row in any_plan.verifications:
        assert row.sent_at < any_plan.now
        assert row.decided_at is None or row.sent_at < row.decided_at < any_plan.now
        if row.state == "expired":
            assert row.expires_at is not None
            assert row.expires_at < any_plan.now


def test_a_question_to_the_experts_is_overdue_in_the_lively_group(any_plan: DemoPlan) -> None:
    overdue = [row for row in any_plan.pages if row.answered_at is None]
    assert len(overdue) == 1
    assert overdue[0].group == "cardiology"
    assert overdue[0].deadline_at < any_plan.now - timedelta(days=1)
    assert not [row for row in any_plan.messages if row.thread == overdue[0].message]
    verified = {row.person for row in any_plan.verifications if row.state == "verified"}
    assert set(overdue[0].to) <= verified


def test_neurology_dries_up_after_its_keeper_left(any_plan: DemoPlan) -> None:
    keeper = next(row for row in any_plan.roles if row.group == "neurology" and row.role == "keeper")
    assert keeper.until is not None
    organic = [row for row in any_plan.messages if row.group == "neurology" and row.origin == "organic"]
    before = sum(any_plan.now - timedelta(days=84) < row.at < any_plan.now - timedelta(days=56) for row in organic)
    after = sum(row.at > any_plan.now - timedelta(days=28) for row in organic)
    assert after < before * 0.2
    assert sum(row.at > any_plan.now - timedelta(days=14) for row in organic) <= 12


def test_oncology_is_carried_by_one_person(any_plan: DemoPlan) -> None:
    assert measure(any_plan, "oncology").top_share > 0.33
    assert measure(any_plan, "cardiology").top_share < 0.3


def test_endocrinology_is_young_and_the_lively_groups_talked_minutes_ago(any_plan: DemoPlan) -> None:
    first = min(row.at for row in any_plan.messages if row.group == "endocrinology")
    assert any_plan.now - first < timedelta(days=24)
    for group in ("cardiology", "emergency", "diabetes"):
        last = max(row.at for row in any_plan.messages if row.group == group)
        assert any_plan.now - last < timedelta(minutes=15), group


def test_adverts_stand_in_paediatrics_and_most_are_hidden_with_a_reason(any_plan: DemoPlan) -> None:
    outsiders = {person.key for person in any_plan.people if person.kind == "outsider"}
    adverts = [row.key for row in any_plan.messages if row.group == "paediatrics" and row.author in outsiders]
    hidden = {row.message for row in any_plan.hidings if row.reason == "advert"}
    assert 5 <= len(adverts) <= 12
    assert 1 <= len(set(adverts) - hidden) < len(adverts) / 2


def test_one_message_is_hidden_for_privacy_and_one_was_restored_by_another_person(any_plan: DemoPlan) -> None:
    assert [row.reason for row in any_plan.hidings].count("privacy") == 1
    restored = [row for row in any_plan.hidings if row.restored_at]
    assert len(restored) == 1
    assert restored[0].restored_by != restored[0].by


def test_the_keeper_has_unread_mentions_and_the_newcomer_waits(any_plan: DemoPlan) -> None:
    bo = next(row.person for row in any_plan.personas if row.role == "keeper")
    dara = next(row.person for row in any_plan.personas if row.role == "newcomer")
    unread = [row for row in any_plan.notices if row.person == bo and row.reason == "mentioned" and row.read_at is None]
    assert len(unread) >= 2
    asked = [row for row in any_plan.messages if row.author == dara]
    assert [row.is_question for row in asked] == [True]
    assert not [row for row in any_plan.messages if row.thread == asked[0].key]


def test_an_accepted_answer_is_verified_by_an_expert_and_a_case_is_long(any_plan: DemoPlan) -> None:
    experts = {row.person for row in any_plan.verifications if row.state == "verified"}
    verified = [row for row in any_plan.acceptances if row.verified_by]
    assert verified
    assert all(row.verified_by in experts for row in verified)
    threads = Counter(row.thread for row in any_plan.messages if row.thread)
    assert threads.most_common(1)[0][1] >= 24
    by_key = messages_of(any_plan)
    for row in any_plan.acceptances:
        assert by_key[row.question].author == row.by
        assert by_key[row.answer].thread == row.question


def test_every_group_has_its_norms_pinned_and_bookmarks_exist(any_plan: DemoPlan) -> None:
    assert {row.group for row in any_plan.pins} == {group.key for group in any_plan.groups}
    chen = next(row.person for row in any_plan.personas if row.role == "doctor")
    assert sum(row.person == chen for row in any_plan.bookmarks) >= 2


def test_some_newcomers_of_the_patients_are_left_waiting(any_plan: DemoPlan) -> None:
    firsts: dict[str, DemoMessage] = {}
    for row in any_plan.messages:
        if row.group == "diabetes" and row.origin == "organic":
            firsts.setdefault(row.author, row)
    openings = [row for row in firsts.values() if row.thread is None and row.at < any_plan.now - timedelta(days=2)]
    answered = {row.thread for row in any_plan.messages}
    waiting = sum(row.key not in answered for row in openings)
    assert 0.1 < waiting / len(openings) < 0.6


def test_operator_texts_exist_in_three_languages(made: DemoPlan) -> None:
    for group in made.groups:
        for words in (group.name, group.theme, group.function, group.card, group.norms, group.welcome):
            assert isinstance(words, Words)
            assert words.en
            assert words.zh_hans
            assert words.in_language("zh-hant")
        assert group.norms.zh_hans != group.norms.zh_hant
    assert made.community.name.in_language("zh-hant") == "湖畔診所聯盟"


def test_the_languages_of_the_groups_differ(any_plan: DemoPlan) -> None:
    chinese = {
        group.key: sum(row.language == "zh-hans" for row in rows) / len(rows)
        for group in any_plan.groups
        if (rows := [row for row in any_plan.messages if row.group == group.key])
    }
    assert chinese["paediatrics"] > 0.95
    assert chinese["emergency"] < 0.05
    assert 0.25 < chinese["cardiology"] < 0.7


def test_reading_is_a_daily_row_and_never_after_leaving(any_plan: DemoPlan) -> None:
    rows = [(row.person, row.group, row.day) for row in any_plan.seen]
    assert len(rows) == len(set(rows))
    assert all(local(row.at).date() == row.day for row in any_plan.seen)
    left = {(row.person, row.group): row.left_at for row in any_plan.memberships if row.left_at}
    assert all(row.at <= left[row.person, row.group] for row in any_plan.seen if (row.person, row.group) in left)


def test_the_preview_prints_a_group_and_the_figures(made: DemoPlan, capsys: pytest.CaptureFixture[str]) -> None:
    def ready(**_: object) -> DemoPlan:
        return made

    assert main(["neurology", "--messages", "3"], make=ready) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 3
    assert main([], make=ready) == 0
    assert "everything" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["nowhere"], make=ready)
