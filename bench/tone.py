"""What the list of sharp words finds and what it wrongly marks: labelled texts under HEARTH_DATA.

python bench/tone.py

COLD (Chinese, offensive or not), Davidson 2017 (English tweets: hate and offensive against neither), and the share of
ordinary talk that is marked in two chat archives, where nearly nothing should be.
"""

import csv
import io
import json
import lzma
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from hearth.insight.rules.tone import sounds_sharp

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))


def rows(*parts: str) -> Iterable[dict[str, str]]:
    """Rows of a compressed table."""
    with lzma.open(DATA.joinpath(*parts), "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(io.StringIO(file.read()))


def judge(name: str, labelled: Iterable[tuple[str, bool]]) -> None:
    """Print precision and recall, and how much of the harmless is marked."""
    hits = misses = wrong = right = 0
    for text, harsh in labelled:
        found = sounds_sharp(text)
        hits += found and harsh
        misses += harsh and not found
        wrong += found and not harsh
        right += not found and not harsh
    print(
        f"tone {name}: texts={hits + misses + wrong + right} precision={hits / max(1, hits + wrong):.3f} "
        f"recall={hits / max(1, hits + misses):.3f} harmless marked={wrong / max(1, wrong + right):.3f}"
    )


def main() -> None:
    """Judge each set."""
    judge("COLD dev", ((row["TEXT"], row["label"] == "1") for row in rows("mod_cold", "dev.csv.xz")))
    judge("Davidson", ((row["tweet"], row["class"] != "2") for row in rows("mod_davidson", "labeled_data.csv.xz")))
    for archive in ("fcc_gitter", "bytecodealliance_zulip"):
        with lzma.open(DATA / archive / "messages.ndjson.xz", "rt", encoding="utf-8") as file:
            texts = [json.loads(line)["t"] for line in islice(file, 60_000)]
        print(f"tone {archive}: messages={len(texts)} marked={sum(map(sounds_sharp, texts)) / len(texts):.4f}")


if __name__ == "__main__":
    main()
