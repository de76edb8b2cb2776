"""Small exports of chat platforms, written by hand in the published formats that the importers name."""

LRM = "\u200e"
NNBSP = "\u202f"


def discord_user(ident: str, name: str, *, bot: bool = False) -> dict[str, object]:
    """A user as DiscordChatExporter writes one."""
    return {
        "id": ident,
        "name": name.lower(),
        "discriminator": "0000",
        "nickname": name,
        "color": None,
        "isBot": bot,
        "roles": [],
        "avatarUrl": f"https://cdn.discordapp.com/avatars/{ident}.png",
    }


def discord_message(ident: int, author: dict[str, object], content: str, **more: object) -> dict[str, object]:
    """A message as DiscordChatExporter writes one."""
    return {
        "id": str(ident),
        "type": "Default",
        "timestamp": f"2023-11-14T22:13:{ident % 60:02}.5+00:00",
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": content,
        "author": author,
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        "inlineEmojis": [],
    } | more


def discord_file(channel: dict[str, object], *messages: dict[str, object]) -> dict[str, object]:
    """A file of DiscordChatExporter."""
    return {
        "guild": {"id": "900", "name": "Clinic", "iconUrl": "https://cdn.discordapp.com/icons/900.png"},
        "channel": channel,
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2024-01-01T00:00:00+00:00",
        "messages": list(messages),
        "messageCount": len(messages),
    }


_ADA, _BO, _ROTA = discord_user("1", "Ada"), discord_user("2", "Bo"), discord_user("9", "Rota", bot=True)
_WARD = {"id": "50", "type": "GuildTextChat", "categoryId": "40", "category": "Text", "name": "ward", "topic": "Rounds"}
_THREAD = {
    "id": "60",
    "type": "GuildPublicThread",
    "categoryId": "50",
    "category": "ward",
    "name": "cover",
    "topic": None,
}
_THUMB = {"id": "", "name": "👍", "code": "thumbsup", "isAnimated": False}

DISCORD: dict[str, object] = {
    "Clinic - Text - ward [50].json": discord_file(
        _WARD,
        discord_message(1, _BO, "Joined the server.", type="GuildMemberJoin"),
        discord_message(
            2,
            _ADA,
            "Who covers **tonight**, <@2>? <:pill:77>",
            mentions=[_BO],
            timestampEdited="2023-11-14T22:14:00+00:00",
            attachments=[{"id": "3", "url": "https://cdn.discordapp.com/a/rota.pdf?ex=1&hm=2", "fileName": "rota.pdf"}],
            reactions=[{"emoji": _THUMB, "count": 3, "users": [_BO, _ROTA]}],
        ),
        discord_message(
            3, _BO, "I do", type="Reply", reference={"messageId": "2", "channelId": "50", "guildId": "900"}
        ),
        discord_message(4, _ROTA, "", embeds=[{"title": "Reminder", "description": "Cover at six"}]),
        discord_message(5, _ADA, "Pinned a message.", type="ChannelPinnedMessage"),
        discord_message(
            6,
            _BO,
            "",
            forwardedMessage={"content": "Two\nlines", "attachments": [], "stickers": []},
            reference={"type": "Forward", "messageId": "1", "channelId": "51"},
        ),
    ),
    "Clinic - ward - cover [60].json": discord_file(
        _THREAD,
        discord_message(7, _ADA, "In the thread"),
        discord_message(8, _BO, "Yes", type="Reply", reference={"messageId": "7", "channelId": "60"}),
    ),
    "Direct Messages - bo [70].json": discord_file(
        {"id": "70", "type": "DirectTextChat", "name": "bo"}, discord_message(9, _BO, "between us")
    ),
}

DISCORD_CSV = (
    "AuthorID,Author,Date,Content,Attachments,Reactions\r\n"
    '"1","ada","2023-11-14T22:13:21.1230000+00:00","Who covers\n""tonight""?","https://cdn.discordapp.com/a/r.pdf?ex=1",'
    '"👍 (2),🎉 (1)"\r\n'
    '"2","bo","2023-11-14T22:13:22.0000000+00:00","Joined the server.","",""\r\n'
    '"2","bo","14-Nov-23 10:14 PM","I do","",""\r\n'
)

TELEGRAM: dict[str, object] = {
    "name": "Night ward",
    "type": "private_supergroup",
    "id": 77,
    "messages": [
        {
            "id": 1,
            "type": "service",
            "date": "2023-11-14T23:13:20",
            "date_unixtime": "1700000000",
            "actor": "Ada",
            "actor_id": "user1",
            "action": "create_group",
            "title": "Night ward",
            "members": ["Ada", "Bo", None],
            "text": "",
            "text_entities": [],
        },
        {
            "id": 2,
            "type": "message",
            "date": "2023-11-14T23:13:21",
            "date_unixtime": "1700000001",
            "edited": "2023-11-14T23:14:20",
            "edited_unixtime": "1700000060",
            "from": "Ada",
            "from_id": "user1",
            "text": ["Who covers ", {"type": "bold", "text": "tonight "}, {"type": "mention", "text": "@bo"}],
            "text_entities": [
                {"type": "plain", "text": "Who covers "},
                {"type": "bold", "text": "tonight "},
                {"type": "mention", "text": "@bo"},
                {"type": "plain", "text": " "},
                {"type": "mention_name", "text": "Chen", "user_id": 3},
                {"type": "text_link", "text": "plan", "href": "https://example.org/a"},
            ],
            "reactions": [
                {
                    "type": "emoji",
                    "count": 2,
                    "emoji": "👍",
                    "recent": [{"from": "Bo", "from_id": "user2", "date": "2023-11-14T22:13:40"}],
                }
            ],
        },
        {
            "id": 3,
            "type": "message",
            "date": "2023-11-14T23:13:22",
            "date_unixtime": "1700000002",
            "from": "Bo",
            "from_id": "user2",
            "reply_to_message_id": 2,
            "photo": "photos/photo_1.jpg",
            "text": "I do",
            "text_entities": [{"type": "plain", "text": "I do"}],
        },
        {
            "id": 4,
            "type": "message",
            "date": "2023-11-14T23:13:23",
            "date_unixtime": "1700000003",
            "from": "Bo",
            "from_id": "user2",
            "file": "(File not included. Change data exporting settings to download.)",
            "file_name": "rota.pdf",
            "media_type": "document",
            "text": "",
            "text_entities": [],
        },
        {
            "id": 5,
            "type": "service",
            "date": "2023-11-14T23:13:24",
            "date_unixtime": "1700000004",
            "actor": "Ada",
            "actor_id": "user1",
            "action": "remove_members",
            "members": ["Bo"],
        },
        {
            "id": 6,
            "type": "service",
            "date": "2023-11-14T23:13:25",
            "date_unixtime": "1700000005",
            "actor": "Dara",
            "actor_id": "user4",
            "action": "join_group_by_link",
            "inviter": "Ada",
        },
        {
            "id": 7,
            "type": "service",
            "date": "2023-11-14T23:13:26",
            "date_unixtime": "1700000006",
            "actor": "Ada",
            "actor_id": "user1",
            "action": "pin_message",
            "message_id": 2,
        },
        {"id": 8, "type": "unsupported"},
    ],
}


def telegram_text(ident: int, by: int, text: str, **more: object) -> dict[str, object]:
    """A plain message of Telegram Desktop."""
    return {
        "id": ident,
        "type": "message",
        "date": "2023-11-14T22:13:20",
        "date_unixtime": str(1_700_000_000 + ident),
        "from": f"Person {by}",
        "from_id": f"user{by}",
        "text": text,
        "text_entities": [{"type": "plain", "text": text}],
    } | more


TELEGRAM_ACCOUNT: dict[str, object] = {
    "about": "Here is the data you requested. Telegram is based in the cloud.",
    "personal_information": {"user_id": 1, "first_name": "Ada"},
    "contacts": {"about": "Contacts", "list": [{"user_id": 2, "first_name": "Bo"}]},
    "chats": {
        "about": "This page lists all chats from this export.",
        "list": [
            {"type": "saved_messages", "id": 1, "messages": [telegram_text(1, 1, "note to myself")]},
            {"name": "Bo", "type": "personal_chat", "id": 2, "messages": [telegram_text(1, 2, "between us")]},
            {
                "name": "Forum",
                "type": "public_supergroup",
                "id": 3,
                "messages": [
                    {
                        "id": 2,
                        "type": "service",
                        "date": "2023-11-14T22:13:20",
                        "date_unixtime": "1700000002",
                        "actor": "Person 1",
                        "actor_id": "user1",
                        "action": "topic_created",
                        "title": "Cover",
                    },
                    telegram_text(3, 1, "Who covers?", reply_to_message_id=2),
                    telegram_text(4, 2, "I do", reply_to_message_id=3),
                ],
            },
        ],
    },
    "left_chats": {
        "about": "Left",
        "list": [{"name": "Old", "type": "private_group", "id": 4, "messages": [telegram_text(1, 1, "bye")]}],
    },
}

WHATSAPP_ANDROID = f"""12/30/23, 9:15{NNBSP}PM - Messages and calls are end-to-end encrypted. Tap to learn more.
12/30/23, 9:15{NNBSP}PM - Ada created group "Night: ward"
12/30/23, 9:16{NNBSP}PM - Ada added Bo and +49 170 1234567
12/30/23, 9:17{NNBSP}PM - Dara joined using this group's invite link
12/31/23, 9:15{NNBSP}PM - Ada: Who covers *tonight*, @491701234567?
Please say: before six.

Thanks
12/31/23, 9:16{NNBSP}PM - Bo: <Media omitted>
12/31/23, 9:16{NNBSP}PM - Bo: {LRM}IMG-20231231-WA0001.jpg (file attached)
The rota
12/31/23, 9:17{NNBSP}PM - Bo: I do <This message was edited>
12/31/23, 9:18{NNBSP}PM - +49 170 1234567: This message was deleted
12/31/23, 9:18{NNBSP}PM - +49 170 1234567: OK
1/1/24, 12:05{NNBSP}AM - Ada removed Bo
1/1/24, 12:06{NNBSP}AM - Dara left
1/1/24, 12:07{NNBSP}AM - Ada changed the subject from "Night: ward" to "Ward"
"""

WHATSAPP_IPHONE = (
    f"[31.12.23, 21:15:33] Nachtwache: {LRM}Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.\r\n"
    f"[31.12.23, 21:15:40] Nachtwache: {LRM}Du hast diese Gruppe erstellt.\r\n"
    f"[31.12.23, 21:16:00] Ada: {LRM}Ada hat Bo und ~{NNBSP}Chen hinzugefügt\r\n"
    f"[31.12.23, 21:17:01] Ada: Wer übernimmt, @\u2068Bo\u2069?\r\n"
    f"{LRM}[31.12.23, 21:17:30] Bo: {LRM}Bild weggelassen\r\n"
    f"{LRM}[31.12.23, 21:18:02] ~{NNBSP}Chen: Plan.pdf • {LRM}2 Seiten {LRM}<Anhang: 00000012-Plan.pdf>\r\n"
    f"[31.12.23, 21:18:30] Bo: Ich {LRM}<Diese Nachricht wurde bearbeitet.>\r\n"
    f"[31.12.23, 21:19:00] Ada: {LRM}Diese Nachricht wurde gelöscht.\r\n"
    f"[01.01.24, 08:00:00] Bo: {LRM}Bo hat die Gruppe verlassen\r\n"
)

WECHAT_OLD = (
    "\ufefflocalId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n"
    '1,5,10000,0,0,1700000000,,"""陈医生""邀请""小波""加入了群聊",2023-11-15 06:13:20,,,\n'
    "2,5,1,0,0,1700000001,,今晚谁值班？,2023-11-15 06:13:21,陈主任,陈医生,wxid_chen\n"
    '3,5,3,0,1,1700000002,,<?xml version="1.0"?><msg><img aeskey="1"/></msg>,2023-11-15 06:13:22,,小波,wxid_bo\n'
    '4,5,49,57,1,1700000003,,"<msg><appmsg><title>我来</title><refermsg><displayname>陈医生</displayname>'
    '<content>今晚谁值班？</content></refermsg></appmsg></msg>",2023-11-15 06:13:23,,小波,wxid_bo\n'
    '5,5,10000,0,0,1700000004,,"""小波"" 撤回了一条消息",2023-11-15 06:13:24,,,\n'
    "6,6,1,0,1,1700000005,,between us,2023-11-15 06:13:25\n"
)

WECHAT_NEW = (
    "\ufeff消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\n"
    "901,文本,陈医生,2023-11-15 06:13:21,今晚谁值班？,陈医生,陈医生,more\n"
    "902,文本,小波,2023-11-15 06:13:22,@陈医生 我来,小波,小波,more\n"
    "903,图片,小波,2023-11-15 06:13:23,[图片],小波,小波,more\n"
    '904,系统消息,小波,2023-11-15 06:13:24,"""陈医生""将""小波""移出了群聊",小波,小波,more\n'
)

WECHAT_DUMP: dict[str, object] = {
    "export/9@chatroom_0_5000.csv": (
        "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n"
        "1,801,文本,0,wxid_chen,9@chatroom,今晚谁值班？,,2023-11-15 06:13:21\n"
        '2,802,带有引用的文本消息,1,wxid_bo,9@chatroom,"我来\n\n[引用](2023-11-15 06:13:21)陈医生:今晚谁值班？",,'
        "2023-11-15 06:13:22\n"
        '3,803,带有引用的文本消息,1,wxid_bo,9@chatroom,"我也来\n\n[引用](2023-11-15 06:13:21)陈医生:没有说过",,'
        "2023-11-15 06:13:23\n"
        "4,804,文件,1,wxid_bo,9@chatroom,rota.pdf,,2023-11-15 06:13:24\n"
        "5,805,系统通知,0,系统,9@chatroom,小波退出了群聊,,2023-11-15 06:13:25\n"
    ),
    "export/users.json": {
        "wxid_chen": {"wxid": "wxid_chen", "nickname": "陈医生", "remark": ""},
        "wxid_bo": {"wxid": "wxid_bo", "nickname": "小波", "remark": "波波"},
        "9@chatroom": {"wxid": "9@chatroom", "nickname": "心内科一群", "remark": ""},
    },
}

WECHAT_TEXT = (
    '2023-11-15 06:13:20 "陈医生"邀请"小波"加入了群聊\n\n'
    "2023-11-15 06:13:21 陈医生\n今晚谁值班？\n请回复\n\n"
    "2023-11-15 06:13:22 小波\n[图片]\n\n"
    "2023-11-15 06:13:23 小波\n我来\n引用:陈医生:今晚谁值班？\n\n"
    '2023-11-15 06:13:24 "小波" 撤回了一条消息\n\n'
)

QQ = (
    "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n"
    + "=" * 64
    + "\r\n消息分组:我的QQ群\r\n"
    + "=" * 64
    + "\r\n消息对象:心内科一群\r\n"
    + "=" * 64
    + "\r\n\r\n"
    "2023-11-15 6:13:20 系统消息(10000)\r\n小波(20002)加入本群。\r\n\r\n"
    "2023-11-15 6:13:21 【群主】陈医生(10001)\r\n今晚谁值班？\r\n请回复\r\n\r\n"
    "2023-11-15 6:13:22 小波(20002)\r\n@陈医生 我来[图片]\r\n\r\n"
    "2023-11-15 6:13:23 达拉<dara@example.org>\r\n好\r\n\r\n"
    "2023-11-15 6:13:24 Q群管家(2854196310)\r\n欢迎\r\n\r\n"
    "2023-11-15 6:13:25 系统消息(10000)\r\n小波撤回了一条消息\r\n\r\n"
    + "=" * 64
    + "\r\n消息分组:我的好友\r\n"
    + "=" * 64
    + "\r\n消息对象:小波\r\n"
    + "=" * 64
    + "\r\n\r\n2023-11-15 6:14:00 小波\r\nbetween us\r\n\r\n"
)


def shaped(value: object) -> list[tuple[str, object]]:
    """JSON exports of chat platforms with ``value`` wherever something else is expected."""
    discord = discord_file(
        {"id": "1", "type": value, "name": value},
        {"id": "1", "timestamp": value, "type": "Default"},
        {
            "id": "2",
            "type": "Default",
            "timestamp": "2023-11-14T22:13:20Z",
            "author": value,
            "content": value,
            "mentions": value,
            "reactions": [value, {"emoji": value, "users": value, "count": value}],
            "attachments": value,
            "embeds": value,
            "stickers": value,
            "reference": value,
            "forwardedMessage": value,
        },
    )
    telegram = {
        "name": value,
        "type": value,
        "id": 1,
        "messages": [
            value,
            {"id": 1, "type": "service", "date": "2023-11-14T22:13:20", "action": "invite_members", "members": value},
            {"id": 2, "type": "message", "date": value, "text": value},
            telegram_text(3, 1, "x", reactions=value, poll=value, text_entities=value, photo=value)
            | {"reply_to_message_id": value, "from": value},
        ],
    }
    account = {"about": value, "chats": {"list": [value, telegram]}, "left_chats": value}
    return [("discord", discord), ("telegram", telegram), ("telegram", account)]
