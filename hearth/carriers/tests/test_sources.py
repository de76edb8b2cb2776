import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile

import pytest

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries import open_archive
from hearth.carriers.tests.archives import NOW_MS, SLACK, announcements, lines, message, read, tarred, zipped
from hearth.carriers.types import Limits, Position

TALK = lines(*(message(ident, f"Ward round number {ident}") for ident in range(500)))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, bz2.compress])
def test_a_packed_file_reads_like_a_plain_one(tmp_path, pack):
    path = tmp_path / "talk.bin"
    path.write_bytes(pack(TALK))
    got = read(path)
    assert len(got.messages) == 500
    assert got.rejected == []


def test_two_packed_files_in_one_read_as_one(tmp_path):
    path = tmp_path / "talk.ndjson.gz"
    path.write_bytes(gzip.compress(TALK) + gzip.compress(lines(message(900, "later"))) + b"\0" * 512)
    assert len(read(path).messages) == 501


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda data: lzma.compress(data, preset=0), lambda data: bz2.compress(data, 1)]
)
def test_a_file_cut_off_keeps_what_was_read_and_says_so_once(tmp_path, pack):
    talk = lines(*(message(ident, os.urandom(300).hex()) for ident in range(2000)))
    path = tmp_path / "talk.ndjson.xz"
    packed = pack(talk)
    path.write_bytes(packed[: len(packed) // 2])
    got = read(path)
    assert 500 < len(got.messages) < 1500
    assert got.codes[-1] == "truncated"
    assert got.codes.count("truncated") == 1


def test_a_zip_without_its_directory_is_read_from_its_headers(tmp_path):
    path = zipped(tmp_path / "slack.zip", SLACK)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"D1/2023") - 60])
    got = read(path)
    assert got.format == "slack"
    assert got.codes == ["truncated"]
    assert "Quiet night" in got.texts


def test_a_streamed_zip_cut_off_is_read_as_well(tmp_path):
    raw = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return raw.write(data)

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ndjson", TALK)
        archive.writestr("b.ndjson", lines(message(900)))
    path = tmp_path / "talk.zip"
    path.write_bytes(raw.getvalue()[: raw.getvalue().index(b"PK\x01\x02")])
    got = read(path)
    assert len(got.messages) == 501
    assert got.codes == ["truncated"]


@pytest.mark.parametrize(
    "name", ["../out.ndjson", "/etc/out.ndjson", "a/../../out.ndjson", "C:\\out.ndjson", "..\\out.ndjson"]
)
def test_names_that_point_outside_are_left_out(tmp_path, name):
    for path in (
        zipped(tmp_path / "a.zip", {"good.ndjson": TALK, name: TALK}),
        tarred(tmp_path / "a.tar.gz", {"good.ndjson": TALK, name: TALK}),
    ):
        got = read(path)
        assert len(got.messages) == 500
        assert got.codes == ["unsafe_name"]


def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.ndjson"
    secret.write_bytes(lines(message(1, "secret")))
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "good.ndjson").write_bytes(TALK)
    (folder / "link.ndjson").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    zip_path = tmp_path / "a.zip"
    with zipfile.ZipFile(zip_path, "w") as archive:
        archive.writestr("good.ndjson", TALK)
        info = zipfile.ZipInfo("link.ndjson")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, str(secret))
    tar_path = tmp_path / "a.tar"
    with tarfile.open(tar_path, "w") as tar:
        tar.add(folder / "good.ndjson", "good.ndjson")
        tar.add(folder / "link.ndjson", "link.ndjson")
    for path, expected in ((folder, ["link", "link"]), (zip_path, ["link"]), (tar_path, ["link"])):
        got = read(path)
        assert len(got.messages) == 500
        assert got.codes == expected


def test_devices_and_pipes_are_left_out(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "good.ndjson").write_bytes(TALK)
    os.mkfifo(folder / "pipe.ndjson")
    got = read(folder)
    assert (len(got.messages), got.codes) == (500, ["special_file"])


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path):
    limits = Limits(free_bytes=1_000_000, ratio=20)
    bomb = lines(message(1)) + b"\n" * 8_000_000
    for path, content in ((tmp_path / "a.gz", gzip.compress(bomb)), (tmp_path / "a.xz", lzma.compress(bomb))):
        path.write_bytes(content)
        assert read(path, limits=limits).codes == ["expands_too_much"]
    got = read(zipped(tmp_path / "a.zip", {"a.ndjson": bomb}), limits=limits)
    assert (len(got.messages), got.codes) == (1, ["expands_too_much"])


def test_a_zip_that_declares_too_much_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.ndjson": TALK, "b.ndjson": TALK})
    with pytest.raises(ArchiveRefused) as refused:
        open_archive(path, limits=Limits(total_bytes=len(TALK)))
    assert refused.value.code == "too_large"


def test_files_that_share_their_bytes_are_left_out(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.ndjson": TALK, "b.ndjson": TALK, "c.ndjson": TALK})
    raw = bytearray(path.read_bytes())
    directory = raw.index(b"PK\x01\x02")
    second = raw.index(b"PK\x01\x02", directory + 4)
    struct.pack_into("<L", raw, second + 42, 10)
    path.write_bytes(bytes(raw))
    got = read(path)
    assert got.codes.count("overlapping_file") == 2
    assert len(got.messages) == 500


def test_too_many_files_are_refused(tmp_path):
    files = {f"{number}.ndjson": b"{}" for number in range(20)}
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in files:
        (folder / name).write_bytes(b"{}")
    for path in (zipped(tmp_path / "a.zip", files), tarred(tmp_path / "a.tar.gz", files), folder):
        with pytest.raises(ArchiveRefused) as refused:
            open_archive(path, limits=Limits(files=10))
        assert refused.value.code == "too_many_files"


def test_an_archive_inside_an_archive_is_not_opened(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"a.ndjson": TALK}).read_bytes()
    got = read(zipped(tmp_path / "a.zip", {"good.ndjson": lines(message(1)), "inner.zip": inner}))
    assert (len(got.messages), got.codes) == (1, ["nested_archive"])


def test_an_archive_of_which_no_file_may_be_read_says_why(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"a.ndjson": TALK}).read_bytes()
    for name, content, code in (("inner.zip", inner, "nested_archive"), ("../talk.ndjson", TALK, "unsafe_name")):
        with pytest.raises(ArchiveRefused) as refused:
            open_archive(zipped(tmp_path / "outer.zip", {name: content}))
        assert refused.value.code == code


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "talk.csv")
    with pytest.raises(ArchiveRefused) as refused:
        open_archive(tmp_path / "talk.csv")
    assert refused.value.code == "special_file"


def test_a_folder_around_one_archive_reads_that_archive(tmp_path):
    folder = tmp_path / "download"
    folder.mkdir()
    zipped(folder / "slack.zip", SLACK)
    (folder / "README.md").write_text("An export")
    assert read(folder).format == "slack"


def test_a_zip_with_a_password_is_refused_and_one_locked_file_costs_only_itself(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.ndjson": TALK, "b.ndjson": lines(message(900))})
    raw = bytearray(path.read_bytes())
    first = raw.index(b"PK\x01\x02")
    raw[first + 8] |= 1
    path.write_bytes(bytes(raw))
    got = read(path)
    assert (len(got.messages), got.codes) == (1, ["encrypted_file"])
    raw[raw.index(b"PK\x01\x02", first + 4) + 8] |= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(ArchiveRefused) as refused:
        open_archive(path)
    assert refused.value.code == "encrypted_archive"


def test_names_in_a_zip_are_read_in_the_encoding_they_are_in(tmp_path):
    path = zipped(tmp_path / "a.zip", {"XXXXXX.csv": "时间,发言人,内容\n2024-03-05 14:03,陈医生,早\n"})
    raw = path.read_bytes()
    for encoded in ("急诊科".encode("gb18030"), "急诊".encode()):
        path.write_bytes(raw.replace(b"XXXXXX", encoded))
        assert read(path).channels[0].name in ("急诊科", "急诊")
    assert (
        read(zipped(path, {"急诊科.csv": "时间,发言人,内容\n2024-03-05 14:03,陈医生,早\n"})).channels[0].name
        == "急诊科"
    )


def test_damage_inside_a_zip_is_noticed(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.ndjson", TALK)
    path.write_bytes(path.read_bytes().replace(b"number 250", b"number 25x"))
    got = read(path)
    assert (len(got.messages), got.codes) == (500, ["corrupt"])


def test_a_zip_that_lost_bytes_keeps_its_other_files(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.ndjson", TALK)
        archive.writestr("b.ndjson", lines(message(900)))
    raw = path.read_bytes()
    path.write_bytes(raw[:5000] + raw[5020:])
    got = read(path)
    assert len(got.messages) == 499
    assert "900" in [it.id for it in got.messages]
    assert got.codes[0] == "corrupt"


def test_damage_inside_a_packed_file_keeps_what_came_before(tmp_path):
    talk = lines(*(message(ident, os.urandom(20).hex()) for ident in range(300)))
    packed = bytearray(gzip.compress(talk))
    packed[len(packed) // 2] ^= 0xFF
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(packed)
    got = read(path)
    assert len(got.messages) >= 100
    assert "corrupt" in got.codes


def test_a_file_damaged_beyond_use_says_so(tmp_path):
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(TALK)[:12])
    with pytest.raises(ArchiveRefused, match="is damaged"):
        open_archive(path)


def test_a_spreadsheet_is_refused_with_a_word_on_what_to_do(tmp_path):
    with pytest.raises(ArchiveRefused, match="CSV UTF-8"):
        open_archive(zipped(tmp_path / "talk.xlsx", {"xl/workbook.xml": "<workbook/>"}))


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty_archive"), (b"just some prose.\nand more of it\n", "unknown_format")]
)
def test_what_is_no_archive_is_refused(tmp_path, content, code):
    path = tmp_path / "talk.txt"
    path.write_bytes(content)
    with pytest.raises(ArchiveRefused) as refused:
        open_archive(path)
    assert refused.value.code == code
    assert "talk.txt" in str(refused.value)


def test_a_missing_path_and_an_unknown_format_are_refused(tmp_path):
    with pytest.raises(ArchiveRefused, match="no file or folder"):
        open_archive(tmp_path / "nothing.zip")
    with pytest.raises(ArchiveRefused, match="slack"):
        open_archive(tmp_path, format="myspace")


def test_reading_goes_on_exactly_where_it_stood(tmp_path):
    path = tmp_path / "talk.ndjson"
    path.write_bytes(TALK + lines(message(3), message(900), {"id": "x"}))
    with open_archive(path, now_ms=NOW_MS) as archive:
        whole = list(archive.read())
        assert archive.progress == 1.0
    for stop in (0, 1, 2, 250, 502, len(whole)):
        with open_archive(path, now_ms=NOW_MS) as archive:
            records = archive.read()
            head = [next(records) for _ in range(stop)]
            token = archive.position.as_text()
        with open_archive(path) as again:
            gone_on = list(again.read(Position.from_text(token)))
            assert gone_on == announcements(head) + whole[stop:]
            assert again.position.records == len(whole)


def test_a_changed_archive_is_not_gone_on_with(tmp_path):
    path = tmp_path / "talk.ndjson"
    path.write_bytes(TALK)
    with open_archive(path) as archive:
        position = archive.position
    path.write_bytes(TALK + lines(message(900)))
    with open_archive(path) as archive, pytest.raises(ArchiveRefused, match="has changed"):
        archive.read(position)


def test_a_preview_moves_no_position(tmp_path):
    path = tmp_path / "talk.ndjson"
    path.write_bytes(TALK)
    with open_archive(path) as archive:
        assert len(archive.preview(10).records) == 10
        assert (archive.position.records, archive.progress) == (0, 0.0)
