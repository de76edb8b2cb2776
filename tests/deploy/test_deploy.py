"""The proxy really routes, the units are sound, the compose file names what exists."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from hearth.cli.main import app
from hearth.project.configuration import VARIABLES
from tests.architecture.sources import ROOT
from tests.ports import free_port

DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
ANALYZE = shutil.which("systemd-analyze")
COMMANDS = {info.name or info.callback.__name__ for info in app.registered_commands if info.callback}


class Upstream(BaseHTTPRequestHandler):
    """Tells who was asked and what the proxy said about the asker."""

    def do_GET(self) -> None:
        told = [
            self.server.label,
            self.path,
            *(self.headers.get(n, "-") for n in ("X-Forwarded-Proto", "Upgrade", "Host")),
        ]
        body = " ".join(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format, *args) -> None:  # noqa: A002  the library's name
        """Say nothing."""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., tuple[int, str]]]:
    """Our nginx before two small servers; gives a function that asks it: (status, body)."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "static").mkdir()
    (folder / "static" / "hearth.abc123.css").write_text("body{}")
    folder.chmod(0o755)
    for parent in folder.parents[:3]:
        if parent != Path("/tmp"):
            parent.chmod(0o755)
    servers = {}
    for label in ("web", "gateway"):
        server = HTTPServer(("127.0.0.1", 0), Upstream)
        server.label = label
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers[label] = server
    port = free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("listen 8080 default_server", f"listen 127.0.0.1:{port} default_server")
    text = text.replace("/run/nginx.pid", f"{folder}/nginx.pid").replace("/dev/stderr", f"{folder}/error.log")
    text = text.replace("/dev/stdout", f"{folder}/access.log").replace("/var/lib/hearth/static", f"{folder}/static")
    (folder / "nginx.conf").write_text(text)
    (folder / "hearth-upstreams.conf").write_text(
        (DEPLOY / "nginx-upstreams.conf").read_text()
        .replace("127.0.0.1:8000", f"127.0.0.1:{servers['web'].server_port}")
        .replace("127.0.0.1:8001", f"127.0.0.1:{servers['gateway'].server_port}")
    )  # fmt: skip
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)

    def ask(path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST" if body else "GET", path, body, {"Host": "community.example", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    for _try in range(100):
        try:
            ask("/")
            break
        except OSError:
            time.sleep(0.05)
    yield ask
    process.terminate()
    process.wait(10)
    for server in servers.values():
        server.shutdown()
        server.server_close()


def test_pages_go_to_web_and_live_goes_to_the_gateway(proxy):
    assert proxy("/c/hill/groups/") == (200, "web /c/hill/groups/ http - community.example")
    status, told = proxy("/live?ticket=x", {"Upgrade": "websocket", "Connection": "Upgrade"})
    assert (status, told) == (200, "gateway /live?ticket=x http websocket community.example")
    assert proxy("/livestock/")[1].startswith("web ")


def test_the_outer_scheme_is_told_and_only_https_is_believed(proxy):
    assert " https " in proxy("/", {"X-Forwarded-Proto": "https"})[1]
    assert " http " in proxy("/", {"X-Forwarded-Proto": "gopher"})[1]


def test_uploads_have_limits(proxy):
    large = b"x" * (26 << 20)
    try:
        status = proxy("/c/hill/rooms/1/", body=large)[0]
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # it hung up before we had said everything
    assert status == 413
    assert proxy("/c/hill/console/import/", body=large)[0] == 200


def test_static_files_come_from_the_proxy(proxy):
    assert proxy("/static/hearth.abc123.css") == (200, "body{}")
    assert proxy("/static/../nginx.conf")[1] == "web /static/../nginx.conf http - community.example"  # no way out


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
def test_the_units_are_sound(tmp_path: Path):
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text().replace("/opt/hearth/.venv/bin/hearth", sys.executable)
        (tmp_path / unit.name).write_text(re.sub(r"(User|Group)=hearth", r"\1=root", text))
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    said = subprocess.run([ANALYZE, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    ours = [line for line in said.stderr.splitlines() if "hearth" in line and "Unit postgresql" not in line]
    assert (said.returncode, ours) == (0, []), said.stderr


def test_units_and_containers_run_commands_that_exist():
    texts = [path.read_text() for path in (*(DEPLOY / "systemd").iterdir(), DEPLOY / "compose.yaml")]
    named = {name for text in texts for name in re.findall(r"(?:\[|sh, -c, |bin/|&& )hearth[, ]+([a-z-]+)", text)}
    assert {"web", "gateway", "worker", "migrate", "backup", "collect"} <= named
    assert named <= COMMANDS


def test_the_example_of_the_settings_can_be_read_by_a_shell():
    done = subprocess.run(
        ["sh", "-euc", f"set -a; . {DEPLOY}/hearth.env.example; set +a; printf %s \"$EMAIL_FROM\""],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "Community <community@community.example>"), done.stderr


def test_the_wrapper_runs_as_the_services_do():
    service = (DEPLOY / "systemd" / "hearth-web.service").read_text()
    wrapper = (DEPLOY / "hearth").read_text()
    for told in (
        "/etc/hearth/hearth.env",
        "/var/lib/hearth",
        "HEARTH_COLLECTED=1",
        "/opt/hearth/.venv/bin/hearth",
    ):
        assert told in service
        assert told in wrapper
    assert os.access(DEPLOY / "hearth", os.X_OK)


def test_variables_in_deploy_exist():
    known = {variable.name for variable in VARIABLES}
    for file in (DEPLOY / "hearth.env.example", DEPLOY / "compose.yaml", DEPLOY / "Containerfile"):
        assert set(re.findall(r"\b(?:HEARTH|EMAIL)_[A-Z_]+", file.read_text())) <= known, file.name


def test_the_compose_file_is_whole():
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert set(told["services"]) == {"database", "prepare", "web", "gateway", "worker", "proxy"}
    for service in told["services"].values():
        assert set(service.get("depends_on", [])) <= set(told["services"])
        named = [volume.split(":")[0] for volume in service.get("volumes", [])]
        assert all((DEPLOY / name).exists() if name.startswith("./") else name in told["volumes"] for name in named)
    assert told["services"]["worker"]["command"] == ["hearth", "worker"]
