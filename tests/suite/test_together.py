"""Workers get whole files, so that what a file's tests share is made once."""

from pathlib import Path

from tests.together import SHARING, ByFile

ROOT = Path(__file__).resolve().parents[2]


def test_a_file_is_handed_out_whole_and_files_that_share_something_as_one():
    together = ByFile.__new__(ByFile)._split_scope
    assert together("a/test_b.py::test_c[d::e]") == together("a/test_b.py::F::test_g") == "a/test_b.py"
    assert {together(f"{file}::test_h") for file in SHARING} == {"metrics"}


def test_files_that_share_something_are_there():
    assert [file for file in SHARING if not (ROOT / file).is_file()] == []
