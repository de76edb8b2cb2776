"""Exports of chat platforms, record by record, and each recognised by its own importer alone."""

import json
from pathlib import Path

import pytest

from hearth.carriers.tests import chat_samples as chats
from hearth.carriers.tests.archives import (
    Read,
    read,
    zipped,
)
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ImportMapping,
)

SHANGHAI = ImportMapping(tz="Asia/Shanghai")
BERLIN = ImportMapping(tz="Europe/Berlin")
AT = 1_700_000_000_000  # 2023-11-14 22:13:20 UTC


def written(path: Path, content: object) -> Path:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def said(got: Read) -> list[tuple[str, str, int, str]]:
    """What text formats give, without the ids that are made from content."""
    assert all(it.id.startswith("h-") for it in got.messages)
    return [(it.author, it.text, it.at_ms - AT, " ".join(it.files)) for it in got.messages]


def test_discord_json_gives_channels_threads_replies_and_who_reacted(tmp_path):
    got = read(zipped(tmp_path / "discord.zip", chats.DISCORD))
    assert got.format == "discord"
    assert got.left_out == {"unnamed_reaction": 1, "service_notice": 1, "direct_message": 1}
    start = AT - 20_000 + 500
    assert got.records == [
        ArchiveChannel("50", "ward", "Rounds"),
        ArchiveAuthor("2", "Bo"),
        ArchiveMove("50", "2", start + 1000, "join"),
        ArchiveAuthor("1", "Ada"),
        ArchiveMessage(
            "2",
            "50",
            "1",
            start + 2000,
            "Who covers **tonight**, @Bo? :pill:",
            mentions=("2",),
            edited_ms=AT + 40_000,
            files=("https://cdn.discordapp.com/a/rota.pdf",),
        ),
        ArchiveReaction("50", "2", "2", "👍"),
        ArchiveAuthor("9", "Rota", True),
        ArchiveReaction("50", "2", "9", "👍"),
        ArchiveMessage("3", "50", "2", start + 3000, "I do", reply_to="2"),
        ArchiveMessage("4", "50", "9", start + 4000, "Reminder\nCover at six", is_bot=True),
        ArchiveMessage("6", "50", "2", start + 6000, "> Two\n> lines"),
        ArchiveMessage("7", "50", "1", start + 7000, "In the thread", "cover"),
        ArchiveMessage("8", "50", "2", start + 8000, "Yes", "cover", "7"),
    ]


def test_a_private_thread_of_discord_is_no_part_of_its_public_channel(tmp_path):
    place = {"id": "61", "type": "GuildPrivateThread", "categoryId": "50", "category": "ward", "name": "staff"}
    ada, bo = chats.discord_user("1", "Ada"), chats.discord_user("2", "Bo")
    added = chats.discord_message(1, ada, "Added Bo to the group.", type="RecipientAdd", mentions=[bo])
    gone = chats.discord_message(2, ada, "Removed Bo from the group.", type="RecipientRemove", mentions=[bo])
    got = read(written(tmp_path / "a.json", chats.discord_file(place, added, gone)))
    assert got.channels == [ArchiveChannel("61", "staff", is_private=True)]
    assert [(it.author, it.kind, it.by) for it in got.moves] == [("2", "join", "1"), ("2", "leave", "1")]


def test_threads_of_one_name_stay_two(tmp_path):
    place = {"type": "GuildPublicThread", "categoryId": "50", "category": "ward", "name": "help"}
    ada = chats.discord_user("1", "Ada")
    files = {
        f"{n}.json": chats.discord_file(place | {"id": str(60 + n)}, chats.discord_message(n, ada, "hi"))
        for n in (1, 2)
    }
    got = read(zipped(tmp_path / "two.zip", files))
    assert [it.thread for it in got.messages] == ["help", "help (62)"]
    assert got.channels == [ArchiveChannel("50", "ward")]


def test_discord_csv_gives_talk_and_counts_what_it_cannot(tmp_path):
    got = read(written(tmp_path / "Clinic - Text - ward [50].csv", chats.DISCORD_CSV))
    assert got.format == "discord"
    assert got.channels == [ArchiveChannel("50", "ward")]
    assert got.authors == [ArchiveAuthor("1", "ada"), ArchiveAuthor("2", "bo")]
    assert got.moves == [ArchiveMove("50", "2", AT + 2000, "join")]
    assert said(got) == [
        ("1", 'Who covers\n"tonight"?', 1123, "https://cdn.discordapp.com/a/r.pdf"),
        ("2", "I do", 40_000, ""),
    ]
    assert got.left_out == {"unnamed_reaction": 3}


def test_the_csv_of_discord_is_left_aside_where_there_is_json(tmp_path):
    got = read(zipped(tmp_path / "both.zip", {**chats.DISCORD, "Clinic - Text - ward [50].csv": chats.DISCORD_CSV}))
    assert len(got.messages) == 6
    assert got.left_out["other_file"] == 1


def test_a_telegram_chat_gives_edits_mentions_files_reactions_and_moves(tmp_path):
    got = read(written(tmp_path / "result.json", chats.TELEGRAM))
    assert got.format == "telegram"
    assert got.rejected == []
    assert got.left_out == {"service_notice": 3, "unnamed_reaction": 1}
    assert got.channels == [ArchiveChannel("channel77", "Night ward", is_private=True)]
    assert got.authors == [ArchiveAuthor("user1", "Ada"), ArchiveAuthor("user2", "Bo"), ArchiveAuthor("user4", "Dara")]
    text = "Who covers **tonight** @bo Chen[plan](https://example.org/a)"
    assert got.messages == [
        ArchiveMessage("2", "channel77", "user1", AT + 1000, text, mentions=("bo", "user3"), edited_ms=AT + 60_000),
        ArchiveMessage("3", "channel77", "user2", AT + 2000, "I do", reply_to="2", files=("photos/photo_1.jpg",)),
        ArchiveMessage("4", "channel77", "user2", AT + 3000, "", files=("rota.pdf",)),
    ]
    assert got.reactions == [ArchiveReaction("channel77", "2", "user2", "👍", AT + 20_000)]
    assert got.moves == [
        ArchiveMove("channel77", "user4", AT + 5000, "join"),
        ArchiveMove("channel77", "user1", AT, "join"),
        ArchiveMove("channel77", "user2", AT, "join", "user1"),
        ArchiveMove("channel77", "user2", AT + 4000, "leave", "user1"),
    ]


def test_a_whole_telegram_account_gives_its_groups_and_no_private_talk(tmp_path):
    path = written(tmp_path / "result.json", chats.TELEGRAM_ACCOUNT)
    got = read(path)
    assert got.left_out == {"direct_message": 2, "service_notice": 1}
    assert got.channels == [ArchiveChannel("channel3", "Forum"), ArchiveChannel("chat4", "Old", is_private=True)]
    assert got.messages == [
        ArchiveMessage("3", "channel3", "user1", AT + 3000, "Who covers?", "Cover"),
        ArchiveMessage("4", "channel3", "user2", AT + 4000, "I do", "Cover", "3"),
        ArchiveMessage("1", "chat4", "user1", AT + 1000, "bye"),
    ]
    asked = read(path, ImportMapping(include_direct=True))
    assert [it.text for it in asked.messages] == ["note to myself", "between us", "Who covers?", "I do", "bye"]


def test_telegram_messages_without_unix_time_are_in_the_zone_declared_and_odd_escapes_are_read(tmp_path):
    row = (
        json.dumps(chats.telegram_text(1, 1, "bell MARK"), indent=1)
        .replace("MARK", "\\x07")
        .replace("date_unixtime", "was")
    )
    path = tmp_path / "result.json"
    path.write_text(f'{{"name":"A","type":"private_group","id":1,"messages":[{row}]}}')
    got = read(path, BERLIN)
    assert [(it.text, it.at_ms) for it in got.messages] == [("bell \x07", AT - 3_600_000)]


@pytest.mark.thorough
def test_a_large_telegram_account_is_read_in_pieces(tmp_path):
    groups = [
        {"name": f"G{n}", "type": "private_group", "id": n, "messages": [telegram_row(k, n) for k in range(2000)]}
        for n in range(101, 111)
    ]
    path = written(tmp_path / "result.json", chats.TELEGRAM_ACCOUNT | {"chats": {"about": "all", "list": groups}})
    assert path.stat().st_size > 4_500_000
    got = read(path)
    assert got.rejected == []
    assert len(got.messages) == 20_001
    assert {it.channel for it in got.messages} == {f"chat{n}" for n in (4, *range(101, 111))}


def test_an_export_of_telegram_from_before_2021_is_read_too(tmp_path):
    row = {"id": 5, "type": "message", "date": "2020-03-05T14:03:00", "from": "Ada", "from_id": 17, "text": "hi"}
    chat = {"name": "Ward", "type": "private_supergroup", "id": 9, "messages": [row]}
    got = read(written(tmp_path / "result.json", chat))
    assert got.format == "telegram"
    assert got.authors == [ArchiveAuthor("user17", "Ada")]
    assert got.messages == [ArchiveMessage("5", "channel9", "user17", 1_583_416_980_000, "hi")]


def telegram_row(ident: int, by: int) -> dict[str, object]:
    return chats.telegram_text(ident, by, "Morning " * 4)


def test_a_telegram_export_cut_off_keeps_what_came_before(tmp_path):
    path = written(tmp_path / "result.json", chats.TELEGRAM_ACCOUNT)
    text = path.read_text()
    path.write_text(text[: text.index('"I do"') + 2])
    got = read(path)
    assert got.texts == ["Who covers?"]
    assert got.codes == ["truncated"]


def test_whatsapp_of_android_gives_talk_files_and_who_came_and_went(tmp_path):
    got = read(written(tmp_path / "WhatsApp Chat with Night ward.txt", chats.WHATSAPP_ANDROID))
    assert got.format == "whatsapp"
    assert got.rejected == []
    assert got.left_out == {"service_notice": 3, "deleted_message": 1}
    assert got.channels == [ArchiveChannel("Night ward", "Night ward")]
    assert [it.name for it in got.authors] == ["Ada", "Bo", "+49 170 1234567", "Dara"]
    nine = 1_704_057_300_000 - AT  # 2023-12-31 21:15 UTC
    assert said(got) == [
        ("Ada", "Who covers **tonight**, @+49 170 1234567?\nPlease say: before six.\n\nThanks", nine, ""),
        ("Bo", "", nine + 60_000, "Media omitted"),
        ("Bo", "The rota", nine + 60_000, "IMG-20231231-WA0001.jpg"),
        ("Bo", "I do", nine + 120_000, ""),
        ("+49 170 1234567", "OK", nine + 180_000, ""),
    ]
    assert got.messages[0].mentions == ("+49 170 1234567",)
    assert got.messages[3].edited_ms == got.messages[3].at_ms
    assert [(it.author, it.kind, it.by, it.at_ms - AT - nine) for it in got.moves] == [
        ("Bo", "join", "Ada", -86_340_000),
        ("+49 170 1234567", "join", "Ada", -86_340_000),
        ("Dara", "join", "", -86_280_000),
        ("Bo", "leave", "Ada", 10_200_000),
        ("Dara", "leave", "", 10_260_000),
    ]


def test_whatsapp_of_an_iphone_gives_the_same_through_its_invisible_marks(tmp_path):
    media = {"_chat.txt": chats.WHATSAPP_IPHONE, "00000012-Plan.pdf": b"%PDF-1.7"}
    got = read(zipped(tmp_path / "_chat.zip", media), BERLIN)
    assert got.format == "whatsapp"
    assert got.rejected == []
    assert got.left_out == {"service_notice": 2, "deleted_message": 1}
    assert got.channels == [ArchiveChannel("Nachtwache", "Nachtwache")]
    assert got.authors == [ArchiveAuthor("Ada", "Ada"), ArchiveAuthor("Bo", "Bo"), ArchiveAuthor("~ Chen", "Chen")]
    start = 1_704_053_821_000 - AT  # 2023-12-31 21:17:01 in Berlin
    assert said(got) == [
        ("Ada", "Wer übernimmt, @Bo?", start, ""),
        ("Bo", "", start + 29_000, "Bild weggelassen"),
        ("~ Chen", "", start + 61_000, "00000012-Plan.pdf"),
        ("Bo", "Ich", start + 89_000, ""),
    ]
    assert got.messages[0].mentions == ("Bo",)
    assert [(it.author, it.kind, it.by) for it in got.moves] == [
        ("Bo", "join", "Ada"),
        ("~ Chen", "join", "Ada"),
        ("Bo", "leave", ""),
    ]


def test_a_folder_of_many_whatsapp_chats_gives_a_group_of_each(tmp_path):
    files = {f"WhatsApp Chat with Ward {n}.txt": f"31/12/23, 21:15 - Ada: hi {n}\n" for n in range(30)}
    got = read(zipped(tmp_path / "all.zip", files | {"notes.txt": "Buy milk\nand bread\nand tea\nand salt\n"}))
    assert got.format == "whatsapp"
    assert sorted((it.channel, it.text) for it in got.messages) == sorted((f"Ward {n}", f"hi {n}") for n in range(30))
    assert got.left_out == {"other_file": 1}


def test_wechat_rows_of_the_old_form_tell_groups_from_private_talk(tmp_path):
    got = read(written(tmp_path / "心内科一群_utf8.csv", chats.WECHAT_OLD))
    assert got.format == "wechat"
    assert got.rejected == []
    assert got.left_out == {"deleted_message": 1, "direct_message": 1}
    place = "心内科一群:5"
    assert got.channels == [ArchiveChannel(place, "心内科一群")]
    assert got.authors == [ArchiveAuthor("wxid_chen", "陈医生"), ArchiveAuthor("wxid_bo", "小波")]
    assert got.messages == [
        ArchiveMessage("2-1700000001", place, "wxid_chen", AT + 1000, "今晚谁值班？"),
        ArchiveMessage("3-1700000002", place, "wxid_bo", AT + 2000, "", files=("图片",)),
        ArchiveMessage("4-1700000003", place, "wxid_bo", AT + 3000, "我来", reply_to="2-1700000001"),
    ]
    assert got.moves == [ArchiveMove(place, "wxid_bo", AT, "join", "wxid_chen")]


def test_wechat_rows_of_the_new_form_know_people_by_name(tmp_path):
    got = read(written(tmp_path / "心内科一群.csv", chats.WECHAT_NEW), SHANGHAI)
    assert got.format == "wechat"
    place = "心内科一群"
    assert got.messages == [
        ArchiveMessage("901", place, "陈医生", AT + 1000, "今晚谁值班？"),
        ArchiveMessage("902", place, "小波", AT + 2000, "@陈医生 我来", mentions=("陈医生",)),
        ArchiveMessage("903", place, "小波", AT + 3000, "", files=("图片",)),
    ]
    assert got.moves == [ArchiveMove(place, "小波", AT + 4000, "leave", "陈医生")]


def test_rows_of_pywxdump_take_names_from_the_list_beside_them(tmp_path):
    got = read(zipped(tmp_path / "export.zip", chats.WECHAT_DUMP), SHANGHAI)
    assert got.format == "wechat"
    place = "9@chatroom"
    assert got.channels == [ArchiveChannel(place, "心内科一群")]
    assert got.authors == [ArchiveAuthor("wxid_chen", "陈医生"), ArchiveAuthor("wxid_bo", "小波")]
    assert got.messages == [
        ArchiveMessage("801", place, "wxid_chen", AT + 1000, "今晚谁值班？"),
        ArchiveMessage("802", place, "wxid_bo", AT + 2000, "我来", reply_to="801"),
        ArchiveMessage("803", place, "wxid_bo", AT + 3000, "> 陈医生: 没有说过\n\n我也来"),
        ArchiveMessage("804", place, "wxid_bo", AT + 4000, "", files=("rota.pdf",)),
    ]
    assert got.moves == [ArchiveMove(place, "wxid_bo", AT + 5000, "leave")]


def test_wechat_text_gives_talk_and_moves(tmp_path):
    got = read(written(tmp_path / "心内科一群.txt", chats.WECHAT_TEXT), SHANGHAI)
    assert got.format == "wechat-text"
    assert got.rejected == []
    assert got.left_out == {"deleted_message": 1}
    assert got.channels == [ArchiveChannel("心内科一群", "心内科一群")]
    assert said(got) == [
        ("陈医生", "今晚谁值班？\n请回复", 1000, ""),
        ("小波", "", 2000, "图片"),
        ("小波", "> 陈医生:今晚谁值班？\n\n我来", 3000, ""),
    ]
    assert got.moves == [ArchiveMove("心内科一群", "小波", AT, "join", "陈医生")]


def test_qq_records_give_groups_and_leave_friends_out(tmp_path):
    path = written(tmp_path / "全部消息记录.txt", chats.QQ)
    got = read(path, SHANGHAI)
    assert got.format == "qq"
    assert got.rejected == []
    assert got.left_out == {"deleted_message": 1, "direct_message": 1}
    assert got.channels == [ArchiveChannel("心内科一群", "心内科一群")]
    assert got.authors == [
        ArchiveAuthor("20002", "小波"),
        ArchiveAuthor("10001", "陈医生"),
        ArchiveAuthor("dara@example.org", "达拉"),
        ArchiveAuthor("2854196310", "Q群管家", True),
    ]
    assert said(got) == [
        ("10001", "今晚谁值班？\n请回复", 1000, ""),
        ("20002", "@陈医生 我来", 2000, "图片"),
        ("dara@example.org", "好", 3000, ""),
        ("2854196310", "欢迎", 4000, ""),
    ]
    assert got.messages[1].mentions == ("10001",)
    assert got.messages[3].is_bot
    assert got.moves == [ArchiveMove("心内科一群", "20002", AT, "join")]
    asked = read(path, ImportMapping(tz="Asia/Shanghai", include_direct=True))
    assert asked.channels[1] == ArchiveChannel("小波", "小波", is_private=True)
    assert asked.texts[-1] == "between us"


def test_an_album_sent_within_one_second_stays_several_pictures(tmp_path):
    row = "2023-11-15 06:13:22 小波\n[图片]\n\n"
    got = read(written(tmp_path / "a.txt", "2023-11-15 06:13:21 陈医生\n看图\n\n" + row * 3))
    assert len({it.id for it in got.messages}) == 4
    assert got.rejected == []


def test_a_message_without_end_is_cut_and_said(tmp_path):
    endless = "2023-11-15 06:13:21 陈医生\n" + "查房\n" * 100_000 + "\n2023-11-15 06:13:22 小波\n好\n"
    got = read(written(tmp_path / "a.txt", endless), key="wechat-text")
    assert [len(it.text) for it in got.messages] == [199_997, 1]
    assert [(it.code, it.line) for it in got.rejected] == [("text_too_long", 1)]


@pytest.mark.parametrize("key", ["whatsapp", "wechat-text", "qq"])
def test_lines_that_belong_to_no_message_are_told_once(tmp_path, key):
    got = read(written(tmp_path / "a.txt", "Minutes of the meeting\nof the ward\n"), key=key)
    assert [(it.code, it.line) for it in got.rejected] == [("stray_line", 1)]
