import zipfile

import pytest

from hearth.carriers.rules.emojis import emoji_of
from hearth.carriers.tests.archives import SLACK, ZULIP_ARCHIVE, ZULIP_REALM, lines, message, read, tarred, zipped
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ImportMapping,
)


def test_a_message_archive_gives_every_field(tmp_path):
    path = tmp_path / "messages.ndjson"
    path.write_bytes(lines(message(1), message(2, "Yes, you?", th="cover", re="1", men=["ada"], bot=1)))
    got = read(path)
    assert got.format == "messages"
    assert got.records == [
        ArchiveChannel("ward", "ward"),
        ArchiveAuthor("ada", "ada"),
        ArchiveMessage("1", "ward", "ada", 1_700_000_001_000, "Morning, all"),
        ArchiveMessage("2", "ward", "ada", 1_700_000_002_000, "Yes, you?", "cover", "1", ("ada",), True),
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("+1", "👍"), ("thumbsup::skin-tone-3", "👍"), (":tada:", "🎉"), ("party_parrot", "party_parrot"), ("", "")],
)
def test_reactions_named_in_exports_become_the_usual_emojis(name, shown):
    assert emoji_of(name) == shown


def test_a_slack_export_gives_people_channels_talk_moves_and_reactions(tmp_path):
    got = read(zipped(tmp_path / "slack.zip", SLACK))
    assert got.format == "slack"
    assert got.rejected == []
    assert got.left_out == {"service_notice": 1, "direct_message": 1}
    assert got.authors == [
        ArchiveAuthor("U1", "Ada", False, "ada@example.org"),
        ArchiveAuthor("U2", "Bo Keeper"),
        ArchiveAuthor("UB", "Pager", True),
        ArchiveAuthor("B9", "Rota", True),
    ]
    assert got.channels == [
        ArchiveChannel("C1", "ward", "Rounds & talk", 1_600_000_000_000, ("U1", "U2")),
        ArchiveChannel("C2", "team/night"),
    ]
    assert got.moves == [
        ArchiveMove("C2", "U1", 1_700_090_001_000, "leave"),
        ArchiveMove("C1", "U2", 1_700_000_000_000, "join"),
    ]
    root = "1700000001.000200"
    assert got.reactions == [ArchiveReaction("C1", root, "U2", "👀"), ArchiveReaction("C1", root, "UB", "👀")]
    assert got.messages == [
        ArchiveMessage("1700090000.000100", "C2", "U1", 1_700_090_000_000, "Quiet night"),
        ArchiveMessage(
            root,
            "C1",
            "U1",
            1_700_000_001_000,
            "Who covers **tonight**, @Bo Keeper? 3 < 4 & see [the plan](https://example.org/a) in #team/night @here",
            root,
            "",
            ("U2",),
        ),
        ArchiveMessage("1700000061.000300", "C1", "U2", 1_700_000_061_000, "I ~~can~~ do `x`", root, root),
        ArchiveMessage("1700000062.000400", "C1", "B9", 1_700_000_062_000, "Reminder", is_bot=True),
        ArchiveMessage(
            "1700000064.000600",
            "C1",
            "U1",
            1_700_000_064_000,
            "",
            edited_ms=1_700_000_070_000,
            files=("https://files.example.org/rota.pdf",),
        ),
    ]


def test_direct_messages_come_along_only_when_asked_for(tmp_path):
    got = read(zipped(tmp_path / "slack.zip", SLACK), ImportMapping(include_direct=True))
    assert "between us" in got.texts
    assert ArchiveChannel("D1", "D1", members=("U1", "U2"), is_private=True) in got.channels
    realm = read(tarred(tmp_path / "realm.tar.gz", ZULIP_REALM), ImportMapping(include_direct=True))
    assert [it.text for it in realm.messages if it.channel.startswith("direct-")] == ["private", "also private"]


def test_a_zulip_archive_gives_streams_topics_mentions_and_quotes(tmp_path):
    got = read(zipped(tmp_path / "zulip.zip", ZULIP_ARCHIVE))
    assert got.format == "zulip-archive"
    assert got.rejected == []
    assert got.channels == [ArchiveChannel("12", "night / ward")]
    assert got.authors == [
        ArchiveAuthor("Ada", "Ada"),
        ArchiveAuthor("Bo", "Bo"),
        ArchiveAuthor("Notification Bot", "Notification Bot", True),
    ]
    topic = "✔ who covers?"
    assert got.messages == [
        ArchiveMessage(
            "501", "12", "Ada", 1_700_000_000_000, "Who covers, @Bo? *Tonight* & `a < b`", topic, "", ("Bo",)
        ),
        ArchiveMessage(
            "502",
            "12",
            "Bo",
            1_700_000_060_000,
            "@Ada said:\n\n> Who covers\n\nI do.\n\n- till six\n- then Dara",
            topic,
            "501",
        ),
        ArchiveMessage("503", "12", "Notification Bot", 1_700_000_070_000, "Resolved.", topic, is_bot=True),
    ]


def test_a_zulip_realm_export_gives_everything_but_private_talk(tmp_path):
    got = read(tarred(tmp_path / "realm.tar.gz", ZULIP_REALM))
    assert got.format == "zulip-realm"
    assert got.rejected == []
    assert got.left_out == {"direct_message": 2}
    assert got.authors == [
        ArchiveAuthor("7", "Ada", False, "ada@example.org"),
        ArchiveAuthor("8", "Bo", False, "bo@example.org"),
        ArchiveAuthor("3", "notification-bot", True, "notification-bot@zulip.com"),
    ]
    assert got.channels == [
        ArchiveChannel("12", "night / ward", "Rounds", 1_600_000_000_500, ("7",)),
        ArchiveChannel("13", "staff", is_private=True),
    ]
    assert got.moves == [
        ArchiveMove("12", "8", 1_600_000_001_000, "join"),
        ArchiveMove("12", "8", 1_700_009_000_000, "leave"),
    ]
    assert got.reactions == [ArchiveReaction("12", "501", "8", "👍"), ArchiveReaction("12", "501", "7", "🇨🇳")]
    assert got.messages == [
        ArchiveMessage("501", "12", "7", 1_700_000_000_250, "Who covers, @Bo? See #staff", "cover", "", ("8",)),
        ArchiveMessage(
            "503",
            "12",
            "8",
            1_700_000_060_000,
            "@Ada said:\n> Who covers\nI do. [rota](/user_uploads/1/rota.pdf)",
            "cover",
            "501",
            (),
            False,
            1_700_000_090_000,
            ("/user_uploads/1/rota.pdf",),
        ),
    ]


def test_the_same_export_reads_alike_from_a_folder_a_zip_and_a_tar(tmp_path):
    for name, content in (("slack", SLACK), ("zulip", ZULIP_ARCHIVE), ("realm", ZULIP_REALM)):
        archive = zipped(tmp_path / f"{name}.zip", content)
        folder = tmp_path / name
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
        expected = read(archive).records
        assert expected
        assert read(folder).records == expected
        for mode in ("w:", "w:gz", "w:xz", "w:bz2"):
            assert read(tarred(tmp_path / f"{name}.tar", content, mode)).records == expected


def test_a_format_named_by_the_operator_wins(tmp_path):
    path = tmp_path / "messages.ndjson"
    path.write_bytes(lines(message(1)))
    got = read(path, key="table")
    assert got.format == "table"
    assert got.messages == [ArchiveMessage("1", "ward", "ada", 1_700_000_001_000, "Morning, all")]
