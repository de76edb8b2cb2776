"""What the pages' process writes down when it breaks."""

import json
import os
import subprocess
import sys
from pathlib import Path

BROKEN = """
import io
from hearth.project.wsgi import application
asked = {"REQUEST_METHOD": "GET", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}
for path in ("/nothing", "/c/ward/join/SECRET/"):
    here = {**asked, "PATH_INFO": path, "wsgi.input": io.BytesIO()}
    list(application(here, lambda status, headers: print(status)))
"""


def test_what_breaks_stands_in_the_log_with_its_place_and_without_the_address(tmp_path: Path) -> None:
    environment = {**os.environ, "HEARTH_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hearth.project.settings"}
    command = [sys.executable, "-c", BROKEN]  # the house has no tables yet
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert [line[:3] for line in done.stdout.splitlines()] == ["404", "500"]
    (told,) = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert (told["level"], told["process"]) == ("error", "web")
    assert told["event"] == "Internal Server Error: GET groups:entry"
    assert "no such table: core_community" in told["exception"]
    assert "SECRET" not in done.stderr
