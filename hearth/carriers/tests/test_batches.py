"""Portions of an archive: the same whether read here or by a process of its own."""

from typing import Any

import pytest

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries import open_archive
from hearth.carriers.queries.batches import Batch, batches_of, gathered, read_ahead
from hearth.carriers.tests.archives import NOW_MS, lines, message
from hearth.carriers.types import ImportMapping, Position


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "talk.ndjson"
    path.write_bytes(lines(*(message(number) for number in range(450)), {"id": "x"}))
    return path


@pytest.mark.thorough
def test_another_process_reads_the_same_portions(path):
    with open_archive(path) as archive:
        here = list(batches_of(archive))
    assert [len(batch.messages) for batch in here] == [100, 100, 100, 100, 50]
    assert [len(batch.rejected) for batch in here] == [0, 0, 0, 0, 1]
    start = Position.from_text(here[0].position)
    with open_archive(path) as archive:
        rest = list(batches_of(archive, start))
    there = list(read_ahead(path, ImportMapping(), "messages", start))
    assert there == rest
    assert [batch.messages for batch in there] == [batch.messages for batch in here[1:]]
    assert there[0].channels == here[0].channels


@pytest.mark.thorough
def test_a_refusal_of_the_other_process_is_told_here(path):
    with pytest.raises(ArchiveRefused, match="has changed"):
        list(read_ahead(path, ImportMapping(), "messages", Position(1, 0, "another")))


@pytest.mark.thorough
def test_a_process_that_dies_is_an_error_and_no_end(path):
    no_path: Any = 3.14
    with pytest.raises(RuntimeError, match="ended early"):
        list(read_ahead(no_path, ImportMapping(), "messages"))


@pytest.mark.thorough
def test_leaving_early_ends_the_other_process(path):
    batches = read_ahead(path, ImportMapping(), "messages")
    next(batches)
    batches.close()


def test_portions_go_together_while_nobody_waits(path):
    def brought(wide: bool) -> list[Batch]:
        with open_archive(path, now_ms=NOW_MS) as archive:
            return list(gathered(batches_of(archive), wide=lambda: wide))

    apart, together = brought(False), brought(True)
    assert [len(batch.messages) for batch in apart] == [100, 100, 100, 100, 50]
    assert [len(batch.messages) for batch in together] == [450]
    assert together[0].messages == [one for batch in apart for one in batch.messages]
    assert together[0].rejected == apart[-1].rejected
    assert (together[0].position, together[0].progress) == (apart[-1].position, 1.0)
    assert together[0].joined == {key: at for batch in reversed(apart) for key, at in batch.joined.items()}
