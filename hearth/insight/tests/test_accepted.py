"""Accepted answers of an archive: whatever the words, the question asks and the answer replies to it."""

from hearth.carriers.tests.archives import as_bytes
from hearth.carriers.tests.forum_samples import GITHUB_GRAPH
from hearth.insight.queries.archive import read_archive
from hearth.insight.rules.talk_log_builder import TalkLogBuilder

AT = 1_700_000_000_000


def test_an_accepted_answer_says_who_asked_and_who_answered():
    builder = TalkLogBuilder()
    said = (("1", "ada", "The printer is dead again"), ("2", "bo", "Mine too"), ("3", "chen", "Pull the plug"))
    for at, (ident, author, text) in enumerate(said):
        builder.add("ward", author, AT + at * 60_000, text, id=ident)
    builder.add_answer("ward", "1", "3")
    builder.add_answer("ward", "9", "8")  # not in the archive
    log = builder.build(AT + 86_400_000)
    assert log.is_question.tolist() == [True, False, False]
    assert log.reply_to.tolist() == [-1, -1, 0]


def test_the_answer_of_a_discussion_reaches_the_diagnosis(tmp_path):
    path = tmp_path / "discussions.json"
    path.write_bytes(as_bytes(GITHUB_GRAPH))
    log = read_archive(path)
    assert [log.message_id(row) for row in range(4)] == ["#5", "cDC_1", "cDC_2", "cDC_3"]
    assert log.reply_to.tolist() == [-1, -1, 0, 2]
