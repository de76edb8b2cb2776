"""Codes that are kept have words for those who read them."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import hearth
from hearth.console.wording import ACTIONS
from hearth.groups.types import RegroupingKind

RECORDING = {"audit.record", "audit.record_many"}
KINDS = [RegroupingKind.SPLIT.value, RegroupingKind.MERGE.value]  # a move of one person is no entry


def values(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """Every text that an expression can be, as far as the module itself tells."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from values(node.body, tree)
        yield from values(node.orelse, tree)
    elif isinstance(node, ast.JoinedStr):
        parts = [list(values(part, tree)) for part in node.values]
        yield from ("".join(chosen) for chosen in product(*parts))
    elif isinstance(node, ast.FormattedValue) and ast.unparse(node.value) == "row.kind":
        yield from KINDS
    elif isinstance(node, ast.Name):
        for value in said_of(node.id, tree):
            yield from values(value, tree)


def said_of(name: str, tree: ast.Module) -> Iterator[ast.expr]:
    """What is assigned to a name, or handed over to the function that has it as a parameter."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    places = {one.name: [arg.arg for arg in one.args.args].index(name) for one in functions if takes(one, name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in places:
            yield node.args[places[node.func.id]]


def takes(function: ast.FunctionDef, name: str) -> bool:
    return name in [arg.arg for arg in function.args.args]


def recorded() -> dict[str, set[str]]:
    """Place of each call that records something → the actions that it can record."""
    found = {}
    root = Path(hearth.__file__).parent
    for path in root.rglob("*.py"):
        if "tests" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RECORDING:
                found[f"{path.relative_to(root)}:{node.lineno}"] = set(values(node.args[1], tree))
    return found


def test_every_action_of_the_audit_log_has_a_word():
    places = recorded()
    assert len(places) > 80
    assert [place for place, actions in places.items() if not actions] == []
    told = set().union(*places.values())
    assert {"tag_removed", "opinion_undone", "merge_undo_begun", "split_done"} <= told
    assert sorted(told - set(ACTIONS)) == []
