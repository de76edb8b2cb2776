"""Twenty thousand archives made to harm: no importer hangs, crashes, fills memory or tells what cannot be stored."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hearth.carriers.queries import open_archive
from hearth.carriers.registry import load_importers
from hearth.carriers.tests.archives import NOW_MS
from hearth.carriers.tests.hostile import Harm, case, read_watched, watched
from hearth.carriers.tests.test_fuzz import SEEDS
from hearth.carriers.types import ArchiveMessage

CASES, PORTIONS = 20_000, 10


def read_cases(numbers: range, folder: Path) -> Counter[str]:
    """Read them all. Every harm is told with the number of its case."""
    told, kept = [], Counter[str]()
    for number in numbers:
        made = case(number, SEEDS)
        try:
            kept["records"] += read_watched(made, folder)
        except Harm as harm:
            told.append(f"case {number} ({sorted(SEEDS)[number % len(SEEDS)]}, as {made.format}): {harm}")
    assert not told, "\n".join(told)
    return kept


def test_every_importer_recognises_its_own_seeds_and_takes_nobody_elses(tmp_path):
    found = {}
    for name, seed in SEEDS.items():
        (tmp_path / "archive.bin").write_bytes(seed)
        with open_archive(tmp_path / "archive.bin", now_ms=NOW_MS) as archive:
            found[name] = archive.format
    assert set(found.values()) == set(load_importers())
    strayed = {name: key for name, key in found.items() if not name.startswith(key.replace("-", " "))}
    assert strayed == {}


def test_a_sample_of_hostile_archives_is_read_without_harm(tmp_path):
    assert read_cases(range(CASES, CASES + 150), tmp_path)["records"] > 500


@pytest.mark.thorough
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_hostile_archives_are_read_without_harm(portion, tmp_path):
    each = CASES // PORTIONS
    assert read_cases(range(portion * each, (portion + 1) * each), tmp_path)["records"] > 10 * each


def hang() -> Iterator[Any]:
    while True:
        pass
    yield


def crash() -> Iterator[Any]:
    yield ArchiveMessage("1", "ward", "ada", NOW_MS, "hello")
    raise KeyError("id")


def fill() -> Iterator[Any]:
    held = b"x" * (160 << 20)  # in one piece: no memory that the process was given before holds it
    yield ArchiveMessage("1", "ward", "ada", NOW_MS, f"{len(held)}")


def flood() -> Iterator[Any]:
    held = []
    while True:
        held.append(bytearray(1 << 30))
        yield ArchiveMessage(f"{len(held)}", "ward", "ada", NOW_MS, "hello")


@pytest.mark.parametrize(
    ("importer", "harm"),
    [(hang, "computed for more"), (crash, "raised KeyError"), (fill, "grew by"), (flood, "filled memory")],
)
def test_the_watch_catches_an_importer_that_harms(importer, harm):
    with pytest.raises(Harm, match=harm), watched(seconds=0.2 if importer is hang else 5.0):
        list(importer())


def same_minute_again() -> bytes:
    row = b'{"ts":1700000040,"ch":"ward","u":"ada","t":"hello"}\n'
    return row * 60_000


def elements_without_end() -> bytes:
    return b'[{"id":1,"text":"x","sent":1,"fromUser":{}},' + b'{"fromUser":[},{' * 200_000


def parts_without_end() -> bytes:
    head = b'From a@x  Tue Nov 14 22:13:20 2023\nFrom: a@x\nSubject: s\nContent-Type: multipart/mixed; boundary="b"\n\n'
    return head + b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n' * 60_000


def nicks_without_end() -> bytes:
    return b"".join(
        b"[22:13:20] *** a%d is now known as a%d\n[22:13:20] <a> a: x\n" % (n, n + 1) for n in range(10_000)
    )


@pytest.mark.thorough
@pytest.mark.parametrize("made", [same_minute_again, elements_without_end, parts_without_end, nicks_without_end])
def test_what_is_forged_to_be_slow_is_read_in_time(made, tmp_path):
    (tmp_path / "2023-11-14.log").write_bytes(made())
    with watched(seconds=10.0), open_archive(tmp_path / "2023-11-14.log", now_ms=NOW_MS) as archive:
        assert sum(1 for _ in archive.read()) > 0


@pytest.mark.thorough
def test_a_list_of_any_size_takes_the_same_memory_and_no_more_time_for_each_mail(tmp_path):
    path = tmp_path / "ward.mbox"
    with path.open("w") as out:
        for number in range(300_000):
            out.write(
                f"From a@x  Tue Nov 14 22:13:20 2023\nFrom: a@x\nMessage-ID: <{number}@x>\nSubject: s {number}\n\n"
                f"the bed by the window, number {number}\n\n"
            )
    with watched(seconds=60.0, megabytes=200), open_archive(path, now_ms=NOW_MS) as archive:
        assert sum(isinstance(it, ArchiveMessage) for it in archive.read()) == 300_000
