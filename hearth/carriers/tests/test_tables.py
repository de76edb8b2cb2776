import json

import pytest

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries import open_archive
from hearth.carriers.rules.headers import guess_columns, mapping_from_texts
from hearth.carriers.tests.archives import lines, read
from hearth.carriers.types import ArchiveAuthor, ArchiveMessage, ImportMapping

AT = 1_709_647_380_000  # 2024-03-05 14:03 UTC
SHANGHAI = AT - 8 * 3_600_000


def write(tmp_path, text, name="ward.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_an_english_header_is_understood(tmp_path):
    got = read(write(tmp_path, "Message ID,Date,Sender,Room,Text\n1,2024-03-05 14:03,Ada,ward,Morning\n"))
    assert got.format == "table"
    assert got.messages == [ArchiveMessage("1", "ward", "Ada", AT, "Morning")]
    assert got.rejected == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_chinese_table_is_understood_in_every_encoding(tmp_path, encoding):
    text = (
        "时间,群,发言人,内容\n2024年3月5日 下午2:03,心内科一群,陈医生,今晚谁值班？请回复\n"
        "2024/3/5 14:04,心内科一群,李护士,我来，没问题\n"
    )
    got = read(write(tmp_path, text, encoding=encoding), ImportMapping(tz="Asia/Shanghai"))
    assert [(it.channel, it.author, it.at_ms, it.text) for it in got.messages] == [
        ("心内科一群", "陈医生", SHANGHAI, "今晚谁值班？请回复"),
        ("心内科一群", "李护士", SHANGHAI + 60_000, "我来，没问题"),
    ]
    assert got.rejected == []


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "cp950"])
def test_a_table_from_taiwan_or_hong_kong_is_understood(tmp_path, encoding):
    text = (
        "時間,群組,發言人,內容\n2024年3月5日 下午2:03,心臟內科,陳醫師,今晚誰值班？請回覆\n"
        "2024/3/5 14:04,心臟內科,李護理師,我來，沒問題\n"
    )
    got = read(write(tmp_path, text, encoding=encoding), ImportMapping(tz="Asia/Taipei"))
    assert [(it.channel, it.author, it.at_ms, it.text) for it in got.messages] == [
        ("心臟內科", "陳醫師", SHANGHAI, "今晚誰值班？請回覆"),
        ("心臟內科", "李護理師", SHANGHAI + 60_000, "我來，沒問題"),
    ]
    assert got.rejected == []


def test_the_line_ends_of_old_macs_are_understood(tmp_path):
    path = tmp_path / "ward.csv"
    path.write_bytes(b"time,author,text\r2024-03-05 14:03:01,ada,morning\r2024-03-05 14:03:02,bo,hello\r")
    assert read(path).texts == ["morning", "hello"]


def test_chinese_bytes_late_in_a_plain_file_are_still_understood(tmp_path):
    head = "time,author,text\n" + "2024-03-05 14:03:01,ada,all quiet on the ward tonight\n" * 8000
    path = tmp_path / "ward.csv"
    path.write_bytes(head.encode() + "2024-03-05 14:03:02,bo,今晚我值班没有问题\n".encode("gb18030"))
    assert read(path).messages[-1].text == "今晚我值班没有问题"


def test_western_bytes_are_not_taken_for_chinese(tmp_path):
    text = "time,author,text\n2024-03-05 14:03:01,Zoé,Le café est prêt à midi, où ça\n"
    assert read(write(tmp_path, text, encoding="cp1252")).texts == ["Le café est prêt à midi, où ça"]


def test_broken_bytes_are_replaced_and_noted_once(tmp_path):
    path = tmp_path / "ward.csv"
    path.write_bytes(
        "time,author,text\n2024-03-05 14:03:01,陈,早上好\n2024-03-05 14:03:02,陈,b\n".encode()
        + b"2024-03-05 14:03:03,x,\xff\xfe!\n" * 3
    )
    got = read(path)
    assert got.texts[:2] == ["早上好", "b"]
    assert got.texts[2] == "\ufffd\ufffd!"
    assert got.codes.count("encoding_replaced") == 1


def test_a_delimiter_that_changes_midway_is_followed(tmp_path):
    text = (
        "id,time,author,text\n1,2024-03-05 14:03,ada,one\n2,2024-03-05 14:03,bo,two\n"
        '3\t2024-03-05 14:03\tada\tthree, four\n4\t2024-03-05 14:03\tbo\t"five\nsix"\n'
        "5;2024-03-05 14:03;ada;seven\n6,2024-03-05 14:03,bo,eight\n"
    )
    got = read(write(tmp_path, text))
    assert [(it.id, it.text) for it in got.messages] == [
        ("1", "one"),
        ("2", "two"),
        ("3", "three, four"),
        ("4", "five\nsix"),
        ("5", "seven"),
        ("6", "eight"),
    ]
    assert got.rejected == []


def test_quoted_fields_may_span_lines(tmp_path):
    got = read(
        write(
            tmp_path,
            'id\ttime\tauthor\ttext\n1\t2024-03-05 14:03\tada\t"first ""line""\nsecond\tline"\n'
            "2\t2024-03-05 14:03\tbo\tok\n",
            "a.tsv",
        )
    )
    assert got.texts == ['first "line"\nsecond\tline', "ok"]


def test_a_quote_never_closed_costs_one_line(tmp_path):
    good = "".join(f"{n},2024-03-05 14:03,ada,line {n}\n" for n in range(10, 40))
    got = read(write(tmp_path, 'id,time,author,text\n1,2024-03-05 14:03,ada,one\n2,2024-03-05 14:03,"bo,two\n' + good))
    assert len(got.messages) == 32
    assert (got.messages[1].author, got.texts[1]) == ("bo", "two")
    worse = read(write(tmp_path, 'id,time,author,text\n1,2024-03-05 14:03,ada,one\n2,"2024-03-05\n' + good))
    assert len(worse.messages) == 31
    assert [(it.line, it.code) for it in worse.rejected] == [(3, "unclosed_quote")]


def test_a_comma_in_an_unquoted_last_column_belongs_to_the_text(tmp_path):
    got = read(write(tmp_path, "time,author,text\n2024-03-05 14:03,ada,yes, no, maybe\n2024-03-05 14:03,bo,fine\n"))
    assert got.texts == ["yes, no, maybe", "fine"]


def test_a_row_of_the_wrong_width_names_its_line(tmp_path):
    got = read(
        write(
            tmp_path,
            "text,time,author\nhello,2024-03-05 14:03,ada\na,b,2024-03-05 14:03,bo\nlast,2024-03-05 14:04,bo\n",
        )
    )
    assert got.texts == ["hello", "last"]
    assert [(it.line, it.code) for it in got.rejected] == [(3, "wrong_columns")]
    assert "4 columns instead of 3" in got.rejected[0].reason


def test_a_declared_mapping_wins_over_the_guess(tmp_path):
    path = write(tmp_path, "time,author,text,translation\n2024-03-05 14:03,ada,早,morning\n")
    got = read(path, ImportMapping(columns={"text": "translation"}, channel="ward", tz="Asia/Shanghai"))
    assert [(it.channel, it.at_ms, it.text) for it in got.messages] == [("ward", SHANGHAI, "morning")]


def test_a_table_without_a_header_is_mapped_by_number(tmp_path):
    path = write(tmp_path, "2024-03-05 14:03|ada|one\n2024-03-05 14:04|bo|two\n")
    got = read(path, ImportMapping(columns={"time": "#1", "author": "#2", "text": "#3"}))
    assert got.texts == ["one", "two"]


def test_a_table_that_gives_nothing_away_asks_for_a_mapping(tmp_path):
    path = write(tmp_path, "a,b,c\n2024-03-05 14:03,ada,one\n")
    with open_archive(path) as archive, pytest.raises(ArchiveRefused) as refused:
        list(archive.read())
    assert (refused.value.code, refused.value.params["columns"]) == ("mapping_needed", "a, b, c")


def test_a_wide_table_that_asks_for_a_mapping_names_only_its_first_columns(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{place}" for place in range(500)) + "\n" + "1," * 499 + "1\n")
    with pytest.raises(ArchiveRefused) as refused:
        read(path)
    assert refused.value.params["columns"] == ", ".join(f"c{place}" for place in range(20)) + ", …"


def test_a_preview_proposes_a_mapping(tmp_path):
    path = write(tmp_path, "日期,时间,昵称,内容\n2024-03-05,14:03,陈,早\n")
    with open_archive(path) as archive:
        preview = archive.preview(5)
    assert preview.sample is not None
    assert preview.sample.columns == ("日期", "时间", "昵称", "内容")
    assert preview.sample.mapping.columns == {"date": "日期", "time": "时间", "author": "昵称", "text": "内容"}
    assert [it.at_ms for it in preview.records if isinstance(it, ArchiveMessage)] == [AT]


@pytest.mark.parametrize(("mapping", "word"), [
    (ImportMapping(columns={"colour": "a"}), "colour"),
    (ImportMapping(encoding="klingon"), "klingon"),
    (ImportMapping(tz="Mars/Base"), "Mars/Base"),
    (ImportMapping(delimiter="::"), "one character"),
])  # fmt: skip
def test_a_mapping_that_cannot_work_is_refused_at_once(tmp_path, mapping, word):
    with pytest.raises(ArchiveRefused, match=word):
        open_archive(write(tmp_path, "time,author,text\n"), mapping)


def test_days_and_months_are_told_apart_by_the_file_or_asked_for(tmp_path):
    clear = read(write(tmp_path, "time,author,text\n5/3/2024 14:03,ada,a\n25/3/2024 14:03,ada,b\n"))
    assert clear.messages[0].at_ms == AT
    unclear = write(tmp_path, "time,author,text\n5/3/2024 14:03,ada,a\n")
    assert read(unclear).codes == ["ambiguous_time"]
    assert read(unclear, ImportMapping(day_first=True)).messages[0].at_ms == AT


def test_json_lines_arrays_and_wrapped_arrays_are_read(tmp_path):
    rows = [
        {"message_id": 1, "created_at": "2024-03-05T14:03:00Z", "user": {"id": "u1", "name": "Ada"}, "content": "one"},
        {
            "message_id": 2,
            "created_at": "2024-03-05T14:03:30Z",
            "user": {"id": "u2", "name": "Bo"},
            "content": ["t", {"text": "wo"}],
        },
    ]
    for name, content in (
        ("a.ndjson", lines(*rows)),
        ("a.json", json.dumps(rows).encode()),
        ("b.json", json.dumps({"name": "x", "messages": rows}).encode()),
    ):
        (tmp_path / name).write_bytes(content)
        got = read(tmp_path / name)
        assert [(it.id, it.author, it.at_ms, it.text) for it in got.messages] == [
            ("1", "u1", AT, "one"),
            ("2", "u2", AT + 30_000, "two"),
        ]
        assert ArchiveAuthor("u1", "Ada") in got.authors


def test_messages_without_ids_get_one_from_their_content(tmp_path):
    path = write(tmp_path, "time,author,text\n" + "2024-03-05 14:03,ada,ok\n" * 3 + "2024-03-05 14:03:07,ada,ok\n" * 2)
    got, again = read(path), read(path)
    ids = [it.id for it in got.messages]
    assert len(set(ids)) == 4
    assert ids == [it.id for it in again.messages]
    assert got.codes == ["duplicate"]


def test_columns_are_guessed_by_meaning():
    assert guess_columns(["timestamp", "user_id", "user_name", "message", "channel"]) == {
        "time": "timestamp",
        "author": "user_id",
        "author_name": "user_name",
        "text": "message",
        "channel": "channel",
    }
    assert guess_columns(["時間", "發言人", "內容", "群組"]) == {
        "time": "時間",
        "author": "發言人",
        "text": "內容",
        "channel": "群組",
    }


def test_a_mapping_is_read_from_one_line_or_from_several():
    mapping = ImportMapping({"time": "发送时间", "author": "昵称, 群"}, "Asia/Shanghai", "\t", "", True, "ward")
    one = "time=发送时间, author=昵称, 群, tz=Asia/Shanghai, delimiter=tab, day_first=yes, channel_name=ward"
    assert mapping_from_texts(one) == mapping
    several = (
        "time=发送时间",
        "author=昵称, 群",
        "tz=Asia/Shanghai,delimiter=tab",
        "day_first=yes",
        "channel_name=ward",
    )
    assert mapping_from_texts(*several) == mapping


@pytest.mark.parametrize("wrong", ["colour=a", "text", "text=", "=a", "time=a,colour=b"])
def test_a_mapping_that_says_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match=r"colour|field"):
        mapping_from_texts(wrong)
