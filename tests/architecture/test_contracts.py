"""The import contracts: kept, complete, and able to bite."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

from importlinter.cli import lint_imports

from tests.architecture.sources import HOUSE, MODULES, ROOT, SHELLS_AND_GROUND

LINTER = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the linter in ``folder``, which holds another house: another process, because this one knows ours."""
    command = [str(LINTER), "--no-logo", "--no-cache", "--config", str(ROOT / ".importlinter")]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_contracts_are_kept():
    code = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True, no_logo=True)
    assert code == 0, "pytest shows below what the linter said"


def test_every_module_has_its_rooms_guarded():
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    guarded = contracts["importlinter:contract:rooms"]["containers"].split()
    assert sorted(guarded) == sorted(f"hearth.{name}" for name in MODULES)
    present = {path.parent.name for path in HOUSE.glob("*/apps.py")}
    assert present >= MODULES


BROKEN = {
    "house": {"hearth/people/services.py": "import hearth.groups\n", "hearth/stowaway/__init__.py": ""},
    "rooms": {"hearth/people/models.py": "import hearth.people.services\n"},
    "circles": {"hearth/core/a.py": "import hearth.core.b\n", "hearth/core/b.py": "import hearth.core.a\n"},
}


def test_negative_control_each_contract_bites(tmp_path: Path):
    _write(tmp_path, "hearth/__init__.py", "")
    for package in sorted(MODULES | SHELLS_AND_GROUND):
        _write(tmp_path, f"hearth/{package}/__init__.py", "")
    assert lint(tmp_path).returncode == 0
    for files in BROKEN.values():
        for name, text in files.items():
            _write(tmp_path, name, text)
    said = lint(tmp_path)
    assert (said.returncode, f"{len(BROKEN)} broken" in said.stdout) == (1, True), said.stdout
    assert "hearth.stowaway" in said.stdout


def _write(root: Path, name: str, text: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
