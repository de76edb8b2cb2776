"""Archives brought into a community: once, whole, from where they stood, with the bad set aside."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.services import ImportOptions, ImportReport, import_archive, try_archive
from hearth.carriers.tests.archives import DATA, needs_data, zipped
from hearth.carriers.tests.forum_samples import STACK_EXCHANGE
from hearth.conversation.models import AcceptedAnswer, Entry, Message, Reaction, Room
from hearth.conversation.queries.search import search
from hearth.core.models import Fact
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group, Membership
from hearth.kit.clock import now
from hearth.notify.models import Notice
from hearth.people.models import Identity, Member

pytestmark = pytest.mark.django_db


def line(number: int, text: str, *, channel: str = "ward", by: str = "u1", **more: Any) -> str:
    told = {"id": f"m{number}", "ts": 1_700_000_000 + number * 60, "ch": channel, "u": by, "t": text, **more}
    return json.dumps(told, ensure_ascii=False)


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "talk.ndjson") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def load(community, path: Path, **options: Any) -> ImportReport:
    return import_archive(house_actor(community.pk), path, ImportOptions(**options))


def test_names_and_ids_of_any_length_come_in_and_stay_apart(community, archive):
    long = "x" * 300
    path = archive(
        line(1, "first", channel=f"{long}a", by=f"{long}a", id=f"{long}a"),
        line(2, "second", channel=f"{long}b", by=f"{long}b", id=f"{long}b", re=f"{long}a"),
        line(3, "third", channel=f"{long}a", by=f"{long}b", id=f"{long}b", re=f"{long}a"),
        line(4, "fourth", channel="  "),
    )
    for expected in (3, 0):
        report = load(community, path)
        assert (report.messages, report.rejected) == (expected, 1)
        assert (Group.objects.count(), Identity.objects.count(), Message.objects.count()) == (2, 2, 3)
    assert Message.objects.get(text="third").reply_to == Message.objects.get(text="first")
    assert Message.objects.get(text="second").reply_to is None


def test_an_archive_becomes_groups_members_messages_and_can_be_searched(community, archive):
    path = archive(
        line(1, "谁有值班医生的电话？"),
        line(2, "I will send it", by="u2", re="m1"),
        line(3, "another room", channel="icu", by="u2"),
    )
    report = load(community, path)
    assert (report.messages, report.groups, report.authors, report.rejected) == (3, 2, 2, 0)
    asked, answered = Message.objects.filter(room__group__external_id="ward").order_by("number")
    assert asked.is_question
    assert asked.first_answer_at == answered.occurred_at
    assert (answered.reply_to_id, answered.thread_id) == (asked.pk, asked.pk)
    assert asked.historical
    rooms = list(Room.objects.values_list("pk", flat=True))
    assert search("医生", community_id=community.pk, room_ids=rooms).message_ids == [asked.pk]
    assert Membership.objects.filter(left_at=None).count() == 3
    assert set(Identity.objects.filter(source="messages").values_list("external_id", flat=True)) == {"u1", "u2"}


def test_importing_twice_changes_nothing(community, archive):
    path = archive(*(line(number, f"words {number}") for number in range(450)))
    load(community, path)
    facts = Fact.objects.count()
    again = load(community, path)
    assert (again.messages, again.known, again.groups) == (0, 450, 0)
    assert Message.objects.count() == Entry.objects.count() == 450
    assert Fact.objects.count() == facts + 1  # that an archive was imported, and nothing else


def test_numbers_of_an_imported_room_have_no_gaps(community, archive):
    load(community, archive(*(line(number, "x", by=f"u{number % 7}") for number in range(421))))
    room = Room.objects.get()
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 422))
    assert (room.last_number, room.message_count) == (421, 421)


def test_a_bad_line_is_reported_and_the_good_ones_are_kept(community, archive, tmp_path):
    path = archive(line(1, "good"), '{"id": "m2", "ts":', line(3, "good too"))
    kept = tmp_path / "rejected.ndjson"
    report = load(community, path, rejections=kept)
    assert (report.messages, report.rejected) == (2, 1)
    told = json.loads(kept.read_text())
    assert (told["file"], told["line"]) == ("talk.ndjson", 2)
    assert told["reason"]


def test_an_import_that_stops_goes_on_from_its_checkpoint_without_loss_or_doubles(community, archive, tmp_path):
    lines = [line(number, f"words {number}") for number in range(1000)]
    lines[150] = "broken"
    path, kept = archive(*lines), tmp_path / "rejected.ndjson"
    stood: list[dict[str, Any]] = []

    def stop_in_the_third_batch(checkpoint: dict[str, Any], _report: ImportReport, _progress: float) -> None:
        if len(stood) == 2:
            raise KeyboardInterrupt
        stood.append(checkpoint)

    options = ImportOptions(rejections=kept, pause=0.001)  # hence in small transactions
    with pytest.raises(KeyboardInterrupt):
        import_archive(house_actor(community.pk), path, options, step=stop_in_the_third_batch)
    assert Message.objects.count() == 199  # and the broken line
    report = import_archive(house_actor(community.pk), path, options, checkpoint=stood[-1])
    assert (report.messages, report.known, report.rejected) == (999, 0, 1)
    assert Message.objects.count() == 999
    assert len(kept.read_text().splitlines()) == 1


def test_a_failing_batch_leaves_nothing_of_itself(community, archive):
    path = archive(*(line(number, "x") for number in range(300)))

    def fail(*_: Any) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        import_archive(house_actor(community.pk), path, step=fail)
    assert Message.objects.count() == 0
    assert Fact.objects.filter(name="conversation.message_posted").count() == 0


def test_the_same_id_in_another_channel_is_another_message(community, archive):
    report = load(community, archive(line(1, "here"), line(1, "there", channel="icu")))
    assert (report.messages, report.rejected) == (2, 0)


def test_imported_history_disturbs_nobody(community, archive, bo):
    load(community, archive(line(1, "hello"), line(2, "hello back", by="u2", men=["u1"])))
    assert Notice.objects.count() == 0
    assert set(Fact.objects.filter(name__startswith="conversation.").values_list("historical", flat=True)) == {True}


def test_a_dry_run_counts_and_writes_nothing(community, archive):
    run = try_archive(archive(line(1, "a"), line(2, "b", channel="icu"), "broken"))
    assert (run.report.messages, run.report.rejected, run.channels) == (2, 1, {"ward": 1, "icu": 1})
    assert Group.objects.count() == Message.objects.count() == 0


def test_two_communities_take_the_same_archive_apart(community, other_community, archive):
    path = archive(line(1, "canary-7f3a"))
    load(community, path)
    with community_scope(other_community):
        assert load(other_community, path).messages == 1
        assert Message.objects.count() == 1
    assert Message.objects.get().room.group.community_id == community.pk


def test_a_file_that_is_no_archive_is_refused_with_a_word(community, tmp_path):
    path = tmp_path / "photo.bin"
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(ArchiveRefused):
        load(community, path)
    assert Group.objects.count() == 0


def whatsapp(tmp_path: Path, *rows: str, name: str = "WhatsApp Chat with Ward.txt") -> Path:
    path = tmp_path / name
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


ROWS = (
    "13/1/23, 09:00 - Ada added Bo and Chen",
    "13/1/23, 09:01 - Ada: welcome",
    "13/1/23, 09:02 - Bo: hello",
    "14/1/23, 09:00 - Ada removed Bo",
    "15/1/23, 09:00 - Chen left",
    "16/1/23, 09:00 - Chen joined using this group's invite link",
)


def times_in(group: Group) -> list[tuple[str, str, str, str, str]]:
    rows = Membership.objects.filter(group=group).order_by("joined_at", "member__display_name")
    return [
        (
            row.member.display_name,
            f"{row.joined_at:%d %H:%M}",
            f"{row.left_at:%d %H:%M}" if row.left_at else "",
            row.left_by,
            row.invited_by.display_name if row.invited_by else "",
        )
        for row in rows.select_related("member", "invited_by")
    ]


def test_who_left_at_the_other_place_is_no_member_here_and_who_came_back_is(community, tmp_path):
    path = whatsapp(tmp_path, *ROWS)
    assert load(community, path).moves == 5
    group = Group.objects.get()
    assert times_in(group) == [
        ("Bo", "13 09:00", "14 09:00", "removed", "Ada"),
        ("Chen", "13 09:00", "15 09:00", "own_wish", "Ada"),
        ("Ada", "13 09:01", "", "", ""),
        ("Chen", "16 09:00", "", "", ""),
    ]
    assert group.member_count == 2
    facts = Fact.objects.filter(name__startswith="groups.member").count()
    load(community, path)
    assert Fact.objects.filter(name__startswith="groups.member").count() == facts
    assert Group.objects.get().member_count == 2


def test_a_later_export_tells_who_has_left_since(community, tmp_path):
    load(community, whatsapp(tmp_path, *ROWS[:3]))
    group = Group.objects.get()
    assert group.member_count == 3
    load(community, whatsapp(tmp_path, *ROWS))
    group.refresh_from_db()
    assert group.member_count == 2
    assert ("Bo", "13 09:00", "14 09:00", "removed", "Ada") in times_in(group)
    told = Fact.objects.filter(name="groups.member_left").order_by("occurred_at")
    assert [(fact.data["left_by"], fact.historical) for fact in told] == [("removed", True), ("own_wish", True)]


def test_whoever_has_been_here_themselves_is_not_put_out_by_an_archive(community, tmp_path):
    load(community, whatsapp(tmp_path, *ROWS[:3]))
    Member.objects.filter(display_name="Bo").update(last_seen_on=now().date())
    load(community, whatsapp(tmp_path, *ROWS))
    assert ("Bo", "13 09:00", "", "", "Ada") in times_in(Group.objects.get())


@needs_data
def test_a_real_slack_export_comes_in_with_its_reactions_and_moves(community):
    path = next((DATA / "fmt_slack_export").glob("*.zip"))
    report = load(community, path)
    assert (report.messages, report.groups, report.moves) == (1031, 16, 323)
    assert report.reactions == Reaction.objects.count()
    assert sum(sum(m.reactions.values()) for m in Message.objects.all()) == report.reactions
    again = load(community, path)
    assert (again.messages, again.reactions) == (0, 0)


def test_accepted_answers_of_an_archive_settle_its_questions_once(community, tmp_path):
    path = zipped(tmp_path / "dump.zip", STACK_EXCHANGE)
    for new in (1, 0):
        report = load(community, path)
        assert report.answers == new
    question, answer = (Message.objects.get(external_id=ident) for ident in ("1", "3"))
    accepted = AcceptedAnswer.objects.get()
    assert (accepted.question_id, accepted.answer_id, accepted.withdrawn_at) == (question.pk, answer.pk, None)
    assert accepted.at.isoformat() == "2023-11-15T00:00:00+00:00"
    assert accepted.by == question.author.member
    assert (question.accepted_id, question.is_question) == (answer.pk, True)
    (fact,) = Fact.objects.filter(name="conversation.answer_accepted")
    assert (fact.historical, fact.data["question"], fact.data["answer"]) == (True, question.pk, answer.pk)
