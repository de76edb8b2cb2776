"""Every sample of every format is read by its own importer, which no other one outbids, and from any position."""

import json
from pathlib import Path

from hearth.carriers.queries import open_archive
from hearth.carriers.queries.sources import Source
from hearth.carriers.registry import load_importers
from hearth.carriers.tests import chat_samples as chats
from hearth.carriers.tests.archives import NOW_MS, SLACK, ZULIP_ARCHIVE, ZULIP_REALM, lines, message, tarred, zipped
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, Limits


def written(path: Path, content: object) -> Path:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def samples(folder: Path) -> dict[str, tuple[Path, str]]:
    """Every sample of every format, and the key of the importer it belongs to."""
    table = "time,author,text\n" + "".join(f"2024-03-05 14:0{n},ada,hi {n}\n" for n in range(8))
    files: dict[str, tuple[str, object]] = {
        "Clinic - ward [50].csv": ("discord", chats.DISCORD_CSV),
        "Clinic - ward [50].json": ("discord", chats.DISCORD["Clinic - Text - ward [50].json"]),
        "result.json": ("telegram", chats.TELEGRAM),
        "account.json": ("telegram", chats.TELEGRAM_ACCOUNT),
        "WhatsApp Chat with Ward.txt": ("whatsapp", chats.WHATSAPP_ANDROID),
        "renamed.txt": ("whatsapp", chats.WHATSAPP_ANDROID),
        "_chat.txt": ("whatsapp", chats.WHATSAPP_IPHONE),
        "old.csv": ("wechat", chats.WECHAT_OLD),
        "new.csv": ("wechat", chats.WECHAT_NEW),
        "wechat.txt": ("wechat-text", chats.WECHAT_TEXT),
        "qq.txt": ("qq", chats.QQ),
        "table.csv": ("table", table),
        "talk.ndjson": ("messages", lines(*(message(n) for n in range(8))).decode()),
    }
    made = {name: (written(folder / name, content), key) for name, (key, content) in files.items()}
    made["discord.zip"] = zipped(folder / "discord.zip", chats.DISCORD), "discord"
    made["wechat.zip"] = zipped(folder / "wechat.zip", chats.WECHAT_DUMP), "wechat"
    made["whatsapp.zip"] = zipped(folder / "chat.zip", {"_chat.txt": chats.WHATSAPP_IPHONE, "a.jpg": b"x"}), "whatsapp"
    made["slack.zip"] = zipped(folder / "slack.zip", SLACK), "slack"
    made["zulip.zip"] = zipped(folder / "zulip.zip", ZULIP_ARCHIVE), "zulip-archive"
    made["realm.tar"] = tarred(folder / "realm.tar.gz", ZULIP_REALM), "zulip-realm"
    return made


def test_every_sample_has_one_importer_that_is_clearly_the_surest(tmp_path):
    for name, (path, expected) in samples(tmp_path).items():
        source = Source(path, Limits())
        sure = {key: importer.recognises(source) for key, importer in load_importers().items()}
        source.close()
        best = sure.pop(expected)
        assert best >= 0.3, name
        assert all(best - other >= 0.2 for other in sure.values()), (name, best, sure)


def test_reading_twice_from_a_position_gives_the_same_rest(tmp_path):
    for name, (path, _) in samples(tmp_path).items():
        with open_archive(path, now_ms=NOW_MS) as archive:
            every = [it for it in archive.read() if not isinstance(it, ArchiveChannel | ArchiveAuthor)]
            reading = archive.read()
            for _ in range(4):
                next(reading, None)
            rest = [it for it in archive.read(archive.position) if not isinstance(it, ArchiveChannel | ArchiveAuthor)]
        assert every[len(every) - len(rest) :] == rest, name
        assert len(every) - len(rest) <= 4, name
