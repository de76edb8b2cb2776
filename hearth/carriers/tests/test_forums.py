"""Forums, lists and logs: every record of a small archive in each published format."""

import pytest

from hearth.carriers.tests.archives import Read, lines, read, zipped
from hearth.carriers.tests.forum_samples import (
    DISCOURSE,
    DISCOURSE_RAW,
    GITHUB_CLI,
    GITHUB_GRAPH,
    GITHUB_REST,
    GITTER,
    IRC,
    MBOX,
    STACK_EXCHANGE,
)
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveReaction,
    ImportMapping,
)

T = 1_700_000_000_000  # 2023-11-14 22:13:20 UTC
MINUTE = 60_000


def answers(got: Read) -> list[ArchiveAnswer]:
    return [it for it in got.records if isinstance(it, ArchiveAnswer)]


def test_discourse_gives_topics_quotes_answers_and_who_reacted(tmp_path):
    got = read(zipped(tmp_path / "forum.zip", DISCOURSE))
    assert (got.format, got.rejected) == ("discourse", [])
    assert got.left_out == {"direct_message": 1, "service_notice": 1, "unnamed_reaction": 3}
    assert got.channels == [ArchiveChannel("5", "Ward", "Rounds and cover")]
    assert got.authors == [
        ArchiveAuthor("bo", "Bo Keeper"),
        ArchiveAuthor("ada", "Ada"),
        ArchiveAuthor("discobot", "discobot", True),
    ]
    again = "> ada:\n> Who covers\n\nAgain: @dara? ![plan|10x10](upload://x1.png)"
    assert got.messages == [
        ArchiveMessage(
            "44/1", "5", "bo", 1_700_092_800_000, f"**Night cover**\n\n{again}", "Night cover", "", ("dara",),
            files=("upload://x1.png",),
        ),
        ArchiveMessage(
            "42/1", "5", "ada", T,
            "**Night cover**\n\nWho covers, @bo?\n\n[rota.pdf](/uploads/short-url/rota.pdf) (12 KB)\n\n"
            "#rota #night-shift",
            "Night cover #42", "", ("bo",), files=("/uploads/short-url/rota.pdf",),
        ),
        ArchiveMessage(
            "42/2", "5", "bo", T + MINUTE, "ada:\n\n> Who covers\n\nI do.", "Night cover #42", "42/1",
            edited_ms=T + 400_000,
        ),
        ArchiveMessage("42/4", "5", "discobot", 1_700_006_401_000, "Closed.", "Night cover #42", "42/2", (), True),
    ]  # fmt: skip
    assert got.reactions == [ArchiveReaction("5", "42/2", "ada", "🎉")]
    assert answers(got) == [ArchiveAnswer("5", "42/1", "42/2")]
    assert "psst" in " ".join(read(tmp_path / "forum.zip", ImportMapping(include_direct=True)).texts)


def test_raw_pages_of_discourse_topics_are_read_where_there_is_no_json(tmp_path):
    got = read(zipped(tmp_path / "forum.zip", DISCOURSE_RAW))
    assert (got.format, got.rejected) == ("discourse", [])
    assert got.messages == [
        ArchiveMessage(
            "42/1", "uncategorized", "ada", T, "**Night cover**\n\nWho covers, @bo?", "Night cover", "", ("bo",)
        ),
        ArchiveMessage(
            "42/2", "uncategorized", "bo", T + MINUTE, "> ada:\n> Who covers\n\nI do.", "Night cover", "42/1"
        ),
    ]


def test_gitter_gives_rooms_threads_mentions_and_edits(tmp_path):
    got = read(zipped(tmp_path / "gitter.zip", GITTER))
    assert (got.format, got.rejected, got.left_out) == ("gitter", [], {"direct_message": 1})
    assert got.channels == [ArchiveChannel("r1", "Clinic/ward", "Rounds")]
    assert got.authors == [ArchiveAuthor("u7", "Ada"), ArchiveAuthor("u8", "Bo Keeper")]
    assert got.messages == [
        ArchiveMessage("m1", "r1", "u7", T, "@bo who covers?", "m1", "", ("u8",)),
        ArchiveMessage(
            "m2", "r1", "u8", T + MINUTE, "I do. [rota](https://files.gitter.im/r1/rota.pdf)", "m1", "m1",
            edited_ms=T + 2 * MINUTE, files=("https://files.gitter.im/r1/rota.pdf",),
        ),
        ArchiveMessage("m3", "r1", "u7", T + 3 * MINUTE, "*ada waves*"),
    ]  # fmt: skip


def test_gitters_own_export_has_a_message_a_line(tmp_path):
    folder = tmp_path / "export" / "ward"
    folder.mkdir(parents=True)
    rows = GITTER["Clinic/ward.json"]
    assert isinstance(rows, list)
    (folder / "messages.ndjson").write_bytes(lines(*rows) + b"{broken\n")
    got = read(tmp_path / "export")
    assert (got.format, got.codes) == ("gitter", ["not_a_message"])
    assert [(it.id, it.channel) for it in got.messages] == [("m1", "ward"), ("m2", "ward"), ("m3", "ward")]


def test_github_issues_by_rest_have_labels_bots_edits_and_comments(tmp_path):
    got = read(zipped(tmp_path / "github.zip", GITHUB_REST))
    assert (got.format, got.rejected, got.left_out) == ("github", [], {"unnamed_reaction": 2})
    assert got.channels == [ArchiveChannel("clinic/rota", "clinic/rota")]
    assert got.authors == [
        ArchiveAuthor("ada", "ada"),
        ArchiveAuthor("bo", "bo"),
        ArchiveAuthor("stale[bot]", "stale[bot]", True),
    ]
    body = "It crashes, @bo.\n\n> not @eve\n\n`@dara` ![shot](https://github.com/clinic/rota/assets/1/a.png)"
    thread = "Crash on start #17"
    assert got.messages == [
        ArchiveMessage(
            "#17", "clinic/rota", "ada", T, f"**Crash on start**\n\n{body}\n\n#bug", thread, "", ("bo",),
            files=("https://github.com/clinic/rota/assets/1/a.png",),
        ),
        ArchiveMessage("c901", "clinic/rota", "bo", T + MINUTE, "Seen.", thread, edited_ms=T + 61 * MINUTE),
        ArchiveMessage("c902", "clinic/rota", "stale[bot]", T + 43_201 * MINUTE, "Stale.", thread, is_bot=True),
    ]  # fmt: skip


def test_github_comments_find_their_issue_whatever_the_files_are_called(tmp_path):
    files = {"issues.json": GITHUB_REST["1-issues.json"], "comments.json": GITHUB_REST["2-comments.json"]}
    got = read(zipped(tmp_path / "github.zip", files))
    assert [(it.id, it.thread) for it in got.messages] == [
        ("#17", "Crash on start #17"),
        ("c901", "Crash on start #17"),
        ("c902", "Crash on start #17"),
    ]


def test_github_issues_by_gh_have_their_comments_inside(tmp_path):
    path = tmp_path / "issues.json"
    path.write_bytes(lines(GITHUB_CLI))
    got = read(path)
    assert (got.format, got.rejected, got.left_out) == ("github", [], {"unnamed_reaction": 2})
    assert got.authors == [ArchiveAuthor("ada", "Ada"), ArchiveAuthor("bo", "bo"), ArchiveAuthor("ghost", "ghost")]
    thread = "Crash on start #17"
    assert got.messages == [
        ArchiveMessage("#17", "clinic/rota", "ada", T, "**Crash on start**\n\nIt crashes.\n\n#bug", thread),
        ArchiveMessage("cIC_1", "clinic/rota", "bo", T + MINUTE, "Seen.", thread, edited_ms=T + MINUTE),
        ArchiveMessage("cIC_2", "clinic/rota", "ghost", T + 2 * MINUTE, "Gone.", thread),
    ]


def test_github_discussions_have_answers_replies_and_reactions(tmp_path):
    path = tmp_path / "discussions.json"
    path.write_bytes(lines(GITHUB_GRAPH))
    got = read(path)
    room = "clinic/rota: Q&A"
    thread = "How to swap a shift? #5"
    assert (got.format, got.rejected, got.left_out) == ("github", [], {})
    assert got.channels == [ArchiveChannel(room, room)]
    assert got.messages == [
        ArchiveMessage(
            "#5", room, "ada", T, "**How to swap a shift?**\n\nI need Friday off.\n\n#shifts", thread,
            edited_ms=1_700_002_800_000,
        ),
        ArchiveMessage("cDC_1", room, "dependabot", T + MINUTE, "Hi.", thread, is_bot=True),
        ArchiveMessage("cDC_2", room, "bo", T + 2 * MINUTE, "Ask Dara.", thread),
        ArchiveMessage("cDC_3", room, "ada", T + 3 * MINUTE, "Thanks @bo", thread, "cDC_2", ("bo",)),
    ]  # fmt: skip
    assert got.reactions == [ArchiveReaction(room, "#5", "bo", "👍", T + 400_000)]
    assert answers(got) == [ArchiveAnswer(room, "#5", "cDC_2", "ada", 1_700_006_400_000)]
    path.write_bytes(lines([GITHUB_GRAPH]))  # gh api graphql --paginate --slurp
    assert read(path).records == got.records


def test_a_stack_exchange_dump_gives_questions_answers_comments_and_what_was_accepted_when(tmp_path):
    got = read(zipped(tmp_path / "dump.zip", STACK_EXCHANGE))
    site = "health.example.com"
    assert (got.format, got.codes) == ("stack-exchange", ["bad_time"])
    assert [(it.file, it.line) for it in got.rejected] == [(f"{site}/Posts.xml", 7)]
    assert got.left_out == {"other_file": 1, "unnamed_reaction": 1, "service_notice": 1}
    assert got.channels == [ArchiveChannel(site, site)]
    assert got.authors == [
        ArchiveAuthor("-1", "Community", True),
        ArchiveAuthor("7", "Ada & Co"),
        ArchiveAuthor("8", "Bo"),
        ArchiveAuthor("name:user123", "user123"),
    ]
    assert got.messages == [
        ArchiveMessage(
            "1", site, "7", T, '**What is "less"?**\n\nIs 3 < 4 *always*?\n\n#maths #basics', "1",
            edited_ms=T + 60 * MINUTE,
        ),
        ArchiveMessage(
            "3", site, "8", T + MINUTE, "Yes. ![](https://i.stack.imgur.com/a.png)", "1", "1",
            files=("https://i.stack.imgur.com/a.png",),
        ),
        ArchiveMessage("4", site, "name:user123", T + 2 * MINUTE, "No.", "1", "1"),
        ArchiveMessage("c1", site, "7", T + 3 * MINUTE, "Why <b>?", "1", "3"),
    ]  # fmt: skip
    assert answers(got) == [ArchiveAnswer(site, "1", "3", "7", 1_700_006_400_000)]


def test_a_dump_expands_no_entity_of_its_own(tmp_path):
    posts = str(STACK_EXCHANGE["health.example.com/Posts.xml"])
    bomb = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>\n'
    posts = posts.replace("<posts>", bomb + "<posts>").replace("No.", "&b;&f;")
    got = read(zipped(tmp_path / "site.zip", {"Posts.xml": posts}))
    assert "&b;&f;" in got.texts
    assert {it.channel for it in got.messages} == {"site"}


def test_a_mailing_list_gives_threads_own_words_attachments_and_automatic_replies(tmp_path):
    path = tmp_path / "ward.mbox"
    path.write_bytes(MBOX)
    got = read(path)
    room = "ward.lists.example.org"
    assert (got.format, got.rejected) == ("mbox", [])
    assert got.channels == [ArchiveChannel(room, "Ward talk")]
    assert got.authors == [
        ArchiveAuthor("ada@example.org", "Ada Lovelace", False, "ada@example.org"),
        ArchiveAuthor("bo@example.org", "Bö", False, "bo@example.org"),
        ArchiveAuthor("dara@example.org", "Dara", False, "dara@example.org"),
    ]
    first = "**Night cover**\n\n今晚谁值班？\nWho covers the night shift on Friday?\nFrom six to six."
    assert got.messages == [
        ArchiveMessage("one@example.org", room, "ada@example.org", T, first, "Night cover", files=("röta.pdf",)),
        ArchiveMessage(
            "two@example.org", room, "bo@example.org", T + MINUTE, "I do, café first.", "Night cover", "one@example.org"
        ),
        ArchiveMessage(  # has no In-Reply-To: the words it quotes tell
            "three@example.org", room, "dara@example.org", T + 2 * MINUTE, "Or me.", "Night cover", "one@example.org"
        ),
        ArchiveMessage(  # has no Date: the line before it tells
            "four@example.org", room, "bo@example.org", T + 3 * MINUTE, "**Away: Night cover**\n\nI am away.",
            "Away: Night cover", is_bot=True,
        ),
    ]  # fmt: skip


def at(clock: str) -> int:
    """A time of the evening of 14 November 2023, or of the night after it."""
    hours, minutes, seconds = (*map(int, clock.split(":")), 0)[:3]
    return T - 800_000 + ((hours - 22) % 24 * 3600 + minutes * 60 + seconds) * 1000


@pytest.mark.parametrize("name", IRC)
def test_every_kind_of_irc_log_tells_the_same_evening(name, tmp_path):
    path = zipped(tmp_path / "logs.zip", {name: IRC[name]})
    got = read(path)
    assert (got.format, got.rejected) == ("irc", [])
    assert [(it.id, it.name) for it in got.channels] == [("#ward", "#ward")]
    assert got.authors == [ArchiveAuthor("ada", "ada"), ArchiveAuthor("bo", "bo"), ArchiveAuthor("eve", "eve")]
    assert [(it.author, it.text, it.mentions) for it in got.messages] == [
        ("ada", "bo: who covers?", ()),  # nobody knows bo yet
        ("bo", "I do", ()),
        ("bo", "*waves*", ()),
        ("bo", "ada: done", ("ada",)),
    ]
    exact = name.split("/")[0] in ("weechat", "znc", "hexchat", "energymech")
    clocks = ["22:13:21", "22:14:22", "22:14:23", "00:01:25", "22:13:20", "00:02:26", "00:03:27"]
    if name.startswith("public"):  # its === lines have no clock of their own
        clocks[5:] = ["00:01:25", "00:01:25"]
    happened = [*got.messages, *got.moves]
    assert [it.at_ms for it in happened] == [at(clock if exact else clock[:5]) for clock in clocks]
    assert [(it.author, it.kind, it.channel, it.by) for it in got.moves] == [
        ("ada", "join", "#ward", ""),
        ("ada", "quit", "#ward", ""),
        ("eve", "leave", "#ward", "bo"),
    ]


def test_an_irc_log_without_a_day_says_what_is_missing_once(tmp_path):
    path = tmp_path / "ward.log"
    path.write_text("[22:13] <ada> who covers?\n[22:14] <bo> I do\n")
    got = read(path)
    assert (got.format, got.codes, got.messages) == ("irc", ["no_day"], [])
    path.rename(tmp_path / "ward-2023-11-14.log")
    got = read(tmp_path / "ward-2023-11-14.log", ImportMapping(tz="Asia/Shanghai"))
    assert [(it.channel, it.at_ms) for it in got.messages] == [
        ("ward", 1_699_999_980_000 - 8 * 3_600_000),
        ("ward", 1_700_000_040_000 - 8 * 3_600_000),
    ]


def test_irc_talks_of_two_and_lines_in_other_encodings(tmp_path):
    files = {
        "znc/#ward/2023-11-14.log": "[22:13:20] <ada> grüße\n".encode("latin-1") + "[22:13:21] <bo> grüße\n".encode(),
        "znc/eve/2023-11-14.log": "[22:13:20] <eve> psst\n",
    }
    got = read(zipped(tmp_path / "znc.zip", files))
    assert (got.texts, got.left_out, got.rejected) == (["grüße", "grüße"], {"direct_message": 1}, [])


def test_a_nick_that_was_somebody_stays_theirs(tmp_path):
    path = tmp_path / "#ward-2023-11-14.log"
    path.write_text(
        "[22:13:20] <bo> here\n[22:13:21] *** Quits: bo (~b@x) (Ping timeout)\n[22:13:22] *** Joins: bo_ (~b@x)\n"
        "[22:13:23] *** bo_ is now known as bo\n[22:13:24] <bo> back\n[22:13:25] -helper- noted\n"
        "[22:13:26] *** Guest12 is now known as eve\n[22:13:27] <eve> hi\n"
    )
    got = read(path)
    assert [(it.author, it.text, it.is_bot) for it in got.messages] == [
        ("bo", "here", False),
        ("bo", "back", False),
        ("helper", "noted", True),
        ("eve", "hi", False),
    ]
