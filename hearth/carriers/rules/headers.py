"""Which column of a table holds what: guessed from its header in English or Chinese, overruled by a declared
mapping.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from hearth.carriers.types import ImportMapping

FIELDS = (
    "time",
    "date",
    "author",
    "author_name",
    "text",
    "channel",
    "id",
    "thread",
    "reply_to",
    "mentions",
    "is_bot",
    "files",
)

# In order of preference: an id of the author before a name, the message's time before an edit's.
_NAMES: dict[str, tuple[str, ...]] = {
    known: tuple(names.split())
    for known, names in {
        "id": "messageid msgid clientmsgid mid id _id 消息id 消息编号 訊息id 訊息編號 编号 編號",
        "time": """
            timestamp time datetime ts createdat sentat sendtime senttime messagetime msgtime posttime postedat created
            sent occurredat at createtime dateandtime datetimeutc timeutc
            时间 发送时间 发言时间 消息时间 聊天时间 创建时间 日期时间 时间戳
            時間 發送時間 傳送時間 發言時間 訊息時間 建立時間 日期時間""",
        "date": "date day 日期 发送日期 日子 發送日期",
        "author": """
            authorid userid senderid fromid memberid accountid uid wxid author username user sender from by speaker
            nickname nick member handle name screenname talker poster writer displayname fullname realname u
            用户id 成员id
            发言人 发送人 发送者 发信人 作者 用户 用户名 成员 昵称 群昵称 微信昵称 姓名 名字 发言者 说话人 人员
            發言人 發送人 發送者 傳送者 用戶 用戶名 成員 暱稱 群暱稱 發言者 使用者""",
        "author_name": """
            authorname displayname realname fullname sendername nickname username membername name
            昵称 群昵称 姓名 用户名 名字 暱稱 群暱稱 用戶名""",
        "text": """
            text message content body msg messagetext messagebody messagecontent contents post comment say plaintext t
            内容 消息内容 消息 发言内容 聊天内容 文本 正文 发言 聊天记录 信息 留言
            內容 訊息內容 訊息 發言內容 聊天內容 發言""",
        "channel": """
            channelname channel room roomname group groupname chat chatname chatroom stream streamname channelid roomid
            groupid chatid conversation forum ch
            群 群名 群名称 群聊 群聊名称 群组 频道 房间 聊天室 会话 群id 群名稱 群組 頻道 房間 聊天室 會話""",
        "thread": "thread topic threadid threadts topicname subject th 话题 主题 話題 主題",
        "reply_to": """
            replyto inreplyto replytoid inreplytoid replytomessageid parentid parent quotedid quoted replyid re
            回复 回复id 引用 引用id 回覆 回覆id""",
        "mentions": "mentions mentioned mentionids men 提及 提到 被提及",
        "is_bot": "isbot bot 机器人 是否机器人 機器人",
        "files": "files attachments file attachment 附件 文件 檔案",
    }.items()
}
_OPTIONS = ("tz", "delimiter", "encoding", "channel_name", "day_first", "include_direct")
_WRITE = "Write field=column, such as text=Body."
_NEXT_PAIR = re.compile(r",(?=\s*[a-z_]+\s*=)")  # a column's own name may hold a comma
_NOISE = re.compile(r"[\s_\-:：.()（）\[\]【】\"'#/]+")


def plain_name(header: str) -> str:
    """A column name without case, width, spaces and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).lower().lstrip("\ufeff")


def guess_columns(columns: Sequence[str]) -> dict[str, str]:
    """Field -> column for what the names give away. A column is used once."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    found: dict[str, str] = {}
    for known in FIELDS:
        for name in _NAMES[known]:
            candidate = by_name.get(name)
            if candidate is not None and candidate not in found.values():
                found[known] = candidate
                break
    if "date" in found and "time" not in found:
        found["time"] = found.pop("date")
    return found


def is_enough(columns: dict[str, str]) -> bool:
    """Whether messages can be read: who, when and what."""
    return {"time", "author", "text"} <= columns.keys()


def completed(mapping: ImportMapping, columns: Sequence[str]) -> ImportMapping:
    """The declared mapping with every field it leaves open guessed from the columns. What is declared wins."""
    declared = dict(mapping.columns)
    free = [column for column in columns if column not in declared.values()]
    guessed = {known: column for known, column in guess_columns(free).items() if known not in declared}
    if "time" in declared:
        guessed.pop("date", None)
    return replace(mapping, columns={**guessed, **{known: column for known, column in declared.items() if column}})


def column_index(column: str, columns: Sequence[str]) -> int:
    """Where a column stands, from 0. ``#3`` is the third. Raises KeyError when there is no such column."""
    if column in columns:
        return columns.index(column)
    if re.fullmatch(r"#\d{1,3}", column) and 1 <= int(column[1:]) <= max(len(columns), 1):
        return int(column[1:]) - 1
    wanted = plain_name(column)
    for index, name in enumerate(columns):
        if plain_name(name) == wanted:
            return index
    raise KeyError(column)


def mapping_from_texts(*texts: str) -> ImportMapping:
    """Read ``time=发送时间,author=昵称,tz=Asia/Shanghai``, or the same in several texts. Raises ValueError that says
    what is wrong.
    """
    columns: dict[str, str] = {}
    options: dict[str, str] = {}
    for part in filter(None, (piece.strip() for text in texts for piece in _NEXT_PAIR.split(text))):
        name, sign, value = part.partition("=")
        name = name.strip()
        if not sign or not value.strip():
            raise ValueError(f"“{part}” names no column. {_WRITE}")
        if name in FIELDS:
            columns[name] = value.strip()
        elif name in _OPTIONS:
            options[name] = value.strip()
        else:
            known = ", ".join((*FIELDS, *_OPTIONS))
            raise ValueError(f"there is no field “{name}” (there are: {known}). {_WRITE}")
    day_first = options.get("day_first")
    return ImportMapping(
        columns=columns,
        tz=options.get("tz", "UTC"),
        delimiter=options.get("delimiter", "").replace("tab", "\t").replace("\\t", "\t").replace("comma", ","),
        encoding=options.get("encoding", ""),
        day_first=None if day_first is None else day_first in ("1", "true", "yes"),
        channel=options.get("channel_name", ""),
        include_direct=options.get("include_direct", "") in ("1", "true", "yes"),
    )
