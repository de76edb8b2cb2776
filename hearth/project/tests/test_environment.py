"""What the surroundings tell, when several processes ask at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hearth.project.environment import secret


def test_processes_that_start_together_agree_on_a_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path))
    together = Barrier(8)

    def ask(name: str) -> str:
        together.wait(10)
        return secret(name)

    with ThreadPoolExecutor(8) as askers:
        for turn in range(40):
            told = set(askers.map(ask, [f"key{turn}"] * 8))
            assert [len(one) for one in told] == [64]
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "secrets").iterdir()} == {0o600}
    assert len(list((tmp_path / "secrets").iterdir())) == 40  # nothing is left of those that came second
