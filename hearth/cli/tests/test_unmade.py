"""Commands before the database is made: a sentence that says what to do."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("words", [("metrics",), ("community", "list")], ids=" ".join)
def test_a_command_without_a_database_says_how_to_make_one(tmp_path, words):
    env = {**os.environ, "HEARTH_HOME": str(tmp_path)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        env.pop(name, None)
    run = subprocess.run(
        [sys.executable, "-m", "hearth.cli.main", *words],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.splitlines()[-1].endswith("Run first: hearth migrate")
    assert "Traceback" not in run.stderr
