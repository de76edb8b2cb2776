"""Damaged archives of every format: reading ends, raises nothing but a refusal, and says what it left out."""

import contextlib
import gzip
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries import open_archive
from hearth.carriers.tests import chat_samples as chats, forum_samples as forums
from hearth.carriers.tests.archives import NOW_MS, SLACK, ZULIP_ARCHIVE, ZULIP_REALM, as_bytes, lines, message
from hearth.carriers.types import ArchiveMessage, ImportMapping, Limits

LIMITS = Limits(
    files=50, total_bytes=2_000_000, free_bytes=200_000, ratio=50, line_bytes=50_000, document_bytes=200_000
)
TABLE = "id,时间,发言人,内容\n" + "".join(f'{n},2024-03-05 14:0{n},ada,"line\n{n}, yes"\n' for n in range(8))


def zip_of(files, method=zipfile.ZIP_DEFLATED):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, as_bytes(content))
    return raw.getvalue()


def tar_of(files):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(as_bytes(content))
            archive.addfile(info, io.BytesIO(as_bytes(content)))
    return raw.getvalue()


SEEDS = {
    "messages": lines(*(message(n, "Ward round 查房") for n in range(12))),
    "messages.gz": gzip.compress(lines(*(message(n) for n in range(12)))),
    "table": TABLE.encode(),
    "table gb18030": TABLE.encode("gb18030"),
    "table utf-16": TABLE.encode("utf-16"),
    "table array": as_bytes([{"id": n, "time": 1_700_000_000, "author": "ada", "text": "x"} for n in range(8)]),
    "slack": zip_of(SLACK, zipfile.ZIP_STORED),
    "slack packed": zip_of(SLACK),
    "zulip archive": zip_of(ZULIP_ARCHIVE, zipfile.ZIP_STORED),
    "zulip realm": tar_of(ZULIP_REALM),
    "discourse": zip_of(forums.DISCOURSE, zipfile.ZIP_STORED),
    "discourse raw": zip_of(forums.DISCOURSE_RAW, zipfile.ZIP_STORED),
    "gitter": zip_of(forums.GITTER, zipfile.ZIP_STORED),
    "github": zip_of(forums.GITHUB_REST, zipfile.ZIP_STORED),
    "github cli": as_bytes(forums.GITHUB_CLI),
    "github graph": as_bytes(forums.GITHUB_GRAPH),
    "stack exchange": zip_of(forums.STACK_EXCHANGE, zipfile.ZIP_STORED),
    "mbox": forums.MBOX,
    "irc": zip_of(forums.IRC, zipfile.ZIP_STORED),
    "zulip realm packed": gzip.compress(tar_of(ZULIP_REALM)),
    "discord": zip_of(chats.DISCORD, zipfile.ZIP_STORED),
    "discord csv": chats.DISCORD_CSV.encode(),
    "telegram": as_bytes(chats.TELEGRAM),
    "telegram account": as_bytes(chats.TELEGRAM_ACCOUNT),
    "whatsapp android": chats.WHATSAPP_ANDROID.encode(),
    "whatsapp iphone": zip_of({"_chat.txt": chats.WHATSAPP_IPHONE}, zipfile.ZIP_STORED),
    "wechat": chats.WECHAT_OLD.encode(),
    "wechat dump": zip_of(chats.WECHAT_DUMP, zipfile.ZIP_STORED),
    "wechat text": chats.WECHAT_TEXT.encode(),
    "qq gb18030": chats.QQ.encode("gb18030"),
}
EDIT = st.tuples(
    st.sampled_from(["cut", "flip", "insert", "drop", "swap"]),
    st.floats(0, 1, exclude_max=True),
    st.one_of(
        st.binary(min_size=1, max_size=6),
        st.sampled_from([b'"', b"{", b"]", b",", b"\n", b"\\", b"\0", b"null", b"-1", b"<p>", b"PK"]),
    ),
)


def mutated(data, edits):
    for kind, where, piece in edits:
        at = int(where * len(data))
        if kind == "cut":
            data = data[: max(1, at)]
        elif kind == "flip":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "insert":
            data = data[:at] + piece + data[at:]
        elif kind == "drop":
            data = data[:at] + data[at + 20 :] or b"x"
        else:
            data = data[at:] + data[:at]
    return data


def read_any(path, **how):
    with contextlib.suppress(ArchiveRefused), open_archive(path, now_ms=NOW_MS, limits=LIMITS, **how) as archive:
        archive.preview(5)
        return list(archive.read())
    return []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_archive_never_breaks_reading(seed, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "archive.bin"

    @settings(max_examples=12, deadline=2000, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(EDIT, min_size=1, max_size=4))
    def run(edits):
        path.write_bytes(mutated(SEEDS[seed], edits))
        records = read_any(path)
        assert records == read_any(path)

    run()


@settings(max_examples=60, deadline=2000, database=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "ts", "ch", "u", "t", "text", "user", "time", "author", "men", "content", "type"]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_json_of_any_shape_never_breaks_reading(value):
    shapes = {
        "users.json": [value, {"id": "U1", "profile": value}],
        "channels.json": [{"id": "C1", "name": "a", "members": value, "purpose": value}],
        "a/2023-11-14.json": [
            value,
            {"type": "message", "ts": "1700000000.1", "text": value, "files": value, "reactions": value, "user": value},
        ],
    }
    realm = {
        "realm.json": {
            "zerver_userprofile": [value],
            "zerver_stream": [value],
            "zerver_recipient": [value],
            "zerver_reaction": [value],
        },
        "messages-000001.json": {
            "zerver_message": [value, {"id": 1, "content": value, "date_sent": value, "recipient": value}]
        },
    }
    topics = {"1-a/b.json": [{"id": value, "content": value, "sender_full_name": value, "timestamp": value}, value]}
    with tempfile.TemporaryDirectory() as folder:
        for key, content in (
            ("slack", zip_of(shapes)),
            ("zulip-realm", zip_of(realm)),
            ("zulip-archive", zip_of(topics)),
            *((key, as_bytes(content)) for key, content in chats.shaped(value)),
        ):
            path = Path(folder, "archive.zip")
            path.write_bytes(content)
            read_any(path, format=key)
        for key in ("messages", "table"):
            path.write_bytes(
                lines(
                    value,
                    {"id": value, "ts": value, "ch": value, "u": value, "t": value, "men": value, "bot": value},
                )
            )
            read_any(path, format=key)


@settings(max_examples=60, deadline=2000, database=None)
@given(st.lists(st.lists(st.text(alphabet=' ",;\t|\r\nab"é时', max_size=10), min_size=1, max_size=5), max_size=8))
def test_a_table_of_any_cells_keeps_the_sound_row_before_it(rows):
    text = "time,author,text\n2024-03-05 14:03:01,ada,first\n" + "\n".join(",".join(row) for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(text.encode())
        records = read_any(path, mapping=ImportMapping(columns={"time": "time", "author": "author", "text": "text"}))
    messages = [it for it in records if isinstance(it, ArchiveMessage)]
    assert messages[0].text == "first"


@pytest.mark.parametrize("key", ["whatsapp", "wechat-text", "qq"])
@settings(max_examples=40, deadline=2000, database=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "12/31/23, 9:15 PM - Ada: hi",
                "[31.12.23, 21:15:33] Ada: \u200e",
                "2023-11-15 06:13:21 小波(20002)",
                "2023-11-15 06:13:21 小波",
                "99/99/99, 99:99 - Ada: <",
                "=" * 64,
                "消息对象:",
                "\u200e" * 40,
                "<" * 50 + ">" * 50,
                "@\u2068",
            ]
        )
        | st.text(max_size=12),
        max_size=12,
    )
)
def test_lines_of_any_kind_never_break_a_transcript(key, written):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_bytes("\n".join(written).encode("utf-8", "replace"))
        if path.stat().st_size:
            assert read_any(path, format=key) == read_any(path, format=key)
