"""How well adverts are told from talk: labelled samples and honest chat archives under HEARTH_DATA.

python bench/adverts.py
"""

import json
import lzma
import os
from collections.abc import Iterable
from pathlib import Path

from hearth.insight.rules.adverts import looks_like_advert

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))


def judge(name: str, adverts: list[str], talk: list[str]) -> None:
    """Print precision and recall on a labelled set."""
    hit, false = sum(map(looks_like_advert, adverts)), sum(map(looks_like_advert, talk))
    print(
        f"adverts {name} precision={hit / max(1, hit + false):.3f} recall={hit / len(adverts):.3f} "
        f"false={false}/{len(talk)}"
    )


def members_texts(path: Path) -> Iterable[str]:
    """What people wrote in a chat archive."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if not row.get("bot"):
                yield row["t"]


def main() -> None:
    """Labelled sets, then how silent the rules stay on ordinary talk."""
    spam = DATA / "mod_tg_spam"
    judge(
        "group_spam",
        (spam / "spam-samples.txt").read_text().splitlines(),
        (spam / "ham-samples.txt").read_text().splitlines(),
    )
    with lzma.open(DATA / "mod_sms_spam" / "sms.tsv.xz", "rt") as lines:
        rows = [line.rstrip("\n").split("\t", 1) for line in lines]
    judge("sms", [text for kind, text in rows if kind == "spam"], [text for kind, text in rows if kind == "ham"])
    for archive in ("ncar_zulip", "bytecodealliance_zulip", "fcc_gitter"):
        found = [looks_like_advert(text) for text in members_texts(DATA / archive / "messages.ndjson.xz")]
        print(f"adverts {archive} hits={sum(found)} of {len(found)}")


if __name__ == "__main__":
    main()
