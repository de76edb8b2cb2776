"""Rules about single files. Each takes the root of a source tree and gives its breaches, one sentence each."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "hearth"

# Top-level files of a module; each may also be a package of the same name. Their order is guarded by .importlinter.
ROOMS = {
    *("__init__", "apps", "urls", "adapters", "web", "api", "handlers", "jobs", "notices", "live", "metrics", "panels"),
    *("blueprint", "importers", "erasers", "gateway", "management", "demo"),
    *("services", "queries", "access", "models", "rules"),
    *("facts", "types", "errors", "registry"),
    *("tests", "migrations", "templates", "templatetags", "static", "locale"),
}
MODULES = {"people", "groups", "notify", "conversation", "carriers", "insight", "blueprint"}
SHELLS_AND_GROUND = {"kit", "core", "ui", "portal", "console", "api", "cli", "project"}

LONGEST_FILE, LONGEST_FUNCTION = 400, 60

# Named exceptions: path (and function), with the reason. An exception that is not needed any more is a breach too.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

Rule = Callable[[Path], list[str]]


def python_files(root: Path, *, tests: bool = False, migrations: bool = False) -> Iterator[Path]:
    """The source files below ``root``; those of tests and migrations only on request."""
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).parts
        if ("tests" in parts and not tests) or ("migrations" in parts and not migrations) or "node_modules" in parts:
            continue
        yield file


def _at(root: Path, file: Path, line: int = 0) -> str:
    return f"{file.relative_to(root.parent)}:{line}" if line else str(file.relative_to(root.parent))


KINDS = (ast.Module, ast.Import, ast.ImportFrom, ast.Call, ast.Attribute, ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache(maxsize=2048)  # every rule walks every file: read and parse each once
def _nodes(file: Path) -> tuple[ast.AST, ...]:
    """The module, then every node in it that a rule looks at."""
    tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
    return tuple(node for node in ast.walk(tree) if isinstance(node, KINDS))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def _called(node: ast.AST) -> str:
    """``a.b.c`` for a call of that, `` .c`` for one on something without a name, '' for everything else."""
    if not isinstance(node, ast.Call):
        return ""
    parts, function = [], node.func
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    parts.append(function.id if isinstance(function, ast.Name) else " ")
    return ".".join(reversed(parts))


def pure_parts(root: Path) -> list[str]:
    """``kit`` and every ``rules`` know no Django, so that they can be tested and reused without it."""
    said = []
    for file in python_files(root):
        inside = file.relative_to(root).parts
        if inside[0] != "kit" and not (len(inside) > 1 and inside[1] in {"rules", "rules.py"}):
            continue
        for node in _nodes(file):
            if any(name.split(".")[0] == "django" for name in _imported(node)):
                said.append(f"{_at(root, file, node.lineno)} imports Django; pass the values in instead")  # type: ignore[attr-defined]
    return said


def known_rooms(root: Path) -> list[str]:
    """A module's files have the names that the layers know; a new kind of file is decided, not slipped in."""
    said = []
    for module in sorted(path for path in root.iterdir() if path.is_dir() and (path / "__init__.py").exists()):
        if module.name in SHELLS_AND_GROUND:
            continue
        if module.name not in MODULES:
            said.append(f"{module.name} is a module that neither the layers nor this list know")
        names = {p.stem for p in module.iterdir() if p.suffix == ".py" or (p.is_dir() and p.name != "__pycache__")}
        said += [f"{module.name}/{name} is no room of a module; see architecture.md" for name in sorted(names - ROOMS)]
    return said


def get_model(root: Path) -> list[str]:
    """``apps.get_model`` hides a dependency; only migrations need it."""
    return _calls(root, lambda called: called.endswith("get_model"), "hides which model it needs; import it")


def signals(root: Path) -> list[str]:
    """Modules meet through facts, not through Django's signals."""
    said = []
    for file in python_files(root):
        for node in _nodes(file):
            if any(name in {"django.dispatch", "django.db.models.signals"} for name in _imported(node)):
                said.append(f"{_at(root, file, node.lineno)} uses Django's signals; emit a fact and handle it")  # type: ignore[attr-defined]
    return said


def naive_times(root: Path) -> list[str]:
    """One place asks what time it is, and its answer knows its zone."""
    wrong = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "datetime.datetime.now"}
    return [
        breach
        for breach in _calls(root, wrong.__contains__, "asks for the time itself; use hearth.kit.clock.now")
        if "kit/clock.py" not in breach
    ]


def _calls(root: Path, wrong: Callable[[str], bool], word: str) -> list[str]:
    said = []
    for file in python_files(root):
        for node in _nodes(file):
            called = _called(node)
            if called and wrong(called):
                said.append(f"{_at(root, file, node.lineno)} {called}() {word}")  # type: ignore[attr-defined]
    return said


def raw_queries_at_the_edge(root: Path) -> list[str]:
    """Views, API and handlers fetch through access, queries and services, so that no permission is forgotten."""
    said = []
    for file in python_files(root):
        inside = file.relative_to(root).parts
        if not ({"web", "api", "handlers"} & {part.removesuffix(".py") for part in inside[1:]}):
            continue
        for node in _nodes(file):
            if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}:
                said.append(
                    f"{_at(root, file, node.lineno)} queries {ast.unparse(node)}; "
                    "fetch with a function of access or queries, which checks who asks"
                )
    return said


def foreign_templates(root: Path) -> list[str]:
    """A template includes its own module's and ui's templates; other modules offer panels."""
    named = re.compile(r"{%-?\s*(?:include|extends)\s+[\"']([^\"'/]+)/")
    modules = {path.name for path in root.iterdir() if path.is_dir()}
    said = []
    for file in sorted(root.glob("*/templates/**/*")):
        if not file.is_file() or file.suffix not in {".html", ".txt"}:
            continue
        own = file.relative_to(root).parts[0]
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for folder in named.findall(line):
                if folder in modules - {own, "ui"}:
                    said.append(f"{_at(root, file, number)} takes a template of {folder}; ask it for a panel instead")
    return said


def patched_tests(root: Path) -> list[str]:
    """Tests use our own code as it is. What must be replaced outside is replaced by a real thing or a setting."""
    said = []
    for file in python_files(root, tests=True):
        if "tests" not in file.relative_to(root.parent).parts:
            continue
        nodes = _nodes(file)
        ours = {
            alias.asname or alias.name.split(".")[-1]
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom) and any(n.startswith("hearth") for n in _imported(node))
            for alias in node.names
        }
        said += [f"{_at(root, file, line)} patches our own code; {word}" for line, word in _patches(nodes, ours)]
    return said


def _patches(nodes: tuple[ast.AST, ...], ours: set[str]) -> Iterator[tuple[int, str]]:
    word = "pass the value in, use a setting, or let the real thing run"
    for node in nodes:
        if any(name in {"unittest.mock", "mock"} for name in _imported(node)):
            yield node.lineno, word  # type: ignore[attr-defined]
        if not isinstance(node, ast.Call) or not _called(node).endswith("monkeypatch.setattr") or not node.args:
            continue
        target = node.args[0]
        text = target.value if isinstance(target, ast.Constant) else ast.unparse(target).split(".")[0]
        if str(text).startswith("hearth.") or text in ours:
            yield node.lineno, word


def long_files(root: Path, allowed: dict[str, str] | None = None) -> list[str]:
    """Small files: one subject each."""
    allowed = LONG_FILES if allowed is None else allowed
    long = {
        str(file.relative_to(root.parent)): count
        for file in python_files(root, tests=True)
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    said = [
        f"{name} has {n} lines (at most {LONGEST_FILE}); split it by noun"
        for name, n in long.items()
        if name not in allowed
    ]
    return said + [f"{name} is short enough now; take its exception away" for name in allowed if name not in long]


def long_functions(root: Path, allowed: dict[str, str] | None = None) -> list[str]:
    """Small functions: one act each."""
    allowed = LONG_FUNCTIONS if allowed is None else allowed
    long = {}
    for file in python_files(root, tests=True):
        for node in _nodes(file):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = (node.end_lineno or node.lineno) - node.lineno + 1
                if count > LONGEST_FUNCTION:
                    long[f"{file.relative_to(root.parent)}:{node.name}"] = count
    said = [f"{name} has {n} lines (at most {LONGEST_FUNCTION})" for name, n in long.items() if name not in allowed]
    return said + [f"{name} is short enough now; take its exception away" for name in allowed if name not in long]


def module_docstrings(root: Path) -> list[str]:
    """Each module says what it is for, its words, and what it must not know."""
    said = []
    for file in sorted(root.glob("*/__init__.py")):
        words = ast.get_docstring(_nodes(file)[0]) or ""  # type: ignore[arg-type]
        if len(words) < 40:
            said.append(f"{_at(root, file)} does not say what the module is for")
    return said
