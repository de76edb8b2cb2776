"""The importers on real exports. Counts are those of the archives themselves, taken with other tools."""

import re
import zipfile
from collections import Counter

import pytest

from hearth.carriers.queries import open_archive
from hearth.carriers.tests.archives import DATA, NOW_MS, announcements, needs_data, read
from hearth.carriers.types import Position

pytestmark = needs_data


def test_a_zulip_of_46330_messages_keeps_ids_that_recur_in_other_channels():
    got = read(DATA / "bytecodealliance_zulip")
    assert (len(got.messages), got.rejected) == (46_330, [])
    assert sum(count > 1 for count in Counter(it.id for it in got.messages).values()) == 88
    assert sum(it.is_bot for it in got.messages) == 1_110
    assert sum(bool(it.reply_to) for it in got.messages) == 1_329


@pytest.mark.thorough
def test_gitter_rooms_have_945_duplicate_lines_and_nothing_else_wrong():
    got = read(DATA / "fcc_gitter")
    assert (len(got.messages), Counter(got.codes)) == (211_983 - 945, {"duplicate": 945})
    assert len(got.channels) == 521


def test_a_small_institute_reads_whole():
    got = read(DATA / "ncar_zulip" / "messages.ndjson.xz")
    assert (len(got.messages), got.rejected) == (6_707, [])


def test_a_real_slack_workspace_reads_whole():
    got = read(DATA / "fmt_slack_export")
    assert (got.format, got.rejected) == ("slack", [])
    assert (len(got.authors), len(got.channels)) == (71, 16)
    assert len(got.messages) + len(got.moves) + got.left_out["service_notice"] == 1_382
    assert Counter(it.kind for it in got.moves) == {"join": 320, "leave": 3}
    assert len({(it.message, it.emoji) for it in got.reactions}) == 119
    assert len(got.reactions) == 199
    assert not any("<@" in text or "&amp;" in text for text in got.texts)


def test_real_zulip_topics_read_whole_and_as_markdown():
    got = read(DATA / "fmt_zulip_archive")
    assert (got.format, got.rejected) == ("zulip-archive", [])
    assert (len(got.messages), len(got.channels)) == (1_498, 4)
    assert len({it.thread for it in got.messages if it.channel == "349267"}) == 19
    assert sum(bool(it.reply_to) for it in got.messages) == 34
    assert sum(len(it.mentions) for it in got.messages) > 200
    assert not any("<p>" in text or "</span>" in text or "message_embed" in text for text in got.texts)


def test_a_real_archive_goes_on_where_it_stood():
    path = DATA / "ncar_zulip"
    with open_archive(path, now_ms=NOW_MS) as archive:
        whole = list(archive.read())
    with open_archive(path, now_ms=NOW_MS) as archive:
        records = archive.read()
        head = [next(records) for _ in range(3_333)]
        token = archive.position.as_text()
    with open_archive(path) as archive:
        gone_on = list(archive.read(Position.from_text(token)))
        assert gone_on == announcements(head) + whole[len(head) :]


def test_ten_hours_of_irc_read_whole(tmp_path):
    with zipfile.ZipFile(DATA / "irc_disentangle" / "annotated.zip") as packed:
        names = [it for it in packed.namelist() if it.startswith("data/dev/") and it.endswith(".raw.txt")]
        logs = b"".join(packed.read(name) for name in names)
        packed.extractall(tmp_path, names)
    got = read(tmp_path / "data")
    assert (got.format, len(names)) == ("irc", 10)
    assert got.rejected == []
    said = len(re.findall(rb"^\[\d\d:\d\d\] <", logs, re.MULTILINE))
    actions = sum(text.startswith("*") and text.endswith("*") and len(text) > 1 for text in got.texts)
    assert said == 11_615
    assert said <= len(got.messages) <= said + actions
    joins = rb"^=== \S+ \[\S+\]  ?has joined "
    leaves = rb"^=== \S+ \[\S+\]  ?has left "
    assert Counter(it.kind for it in got.moves) == {
        "join": len(re.findall(joins, logs, re.MULTILINE)),
        "leave": len(re.findall(leaves, logs, re.MULTILINE)),
    }
    assert not any(re.fullmatch(r"[\d_]+", it.id) for it in got.channels)
