"""The shape of every operation, and where state may change."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import config.urls
from core.permissions import GRANTS
from core.registry import OPERATIONS, REQUIRED

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "cms", "rota", "services", "governance", "members", "ledger", "core")
for package in PACKAGES:
    if (ROOT / package / "operations.py").exists() or (ROOT / package / "operations").exists():
        importlib.import_module(f"{package}.operations")
assert config.urls.urlpatterns  # importing every view fills REQUIRED

NAMES = sorted(OPERATIONS)

#: Acts that need no role: a visitor's, the system's, or one whose right hangs on the row itself.
NEEDS_NOTHING: set[str] = set((ROOT / "tests/architecture/needs_nothing.txt").read_text().split())


def body_of(name: str) -> Callable[..., Any]:
    return inspect.unwrap(OPERATIONS[name][0])


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_is_keyword_only_typed_documented_and_ends_with_its_actor(name: str) -> None:
    function = body_of(name)
    assert ".operations" in f".{function.__module__}", "operations live in operations.py"
    parameters = list(inspect.signature(function).parameters.values())
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters)
    assert parameters[-1].name == "by"
    assert parameters[-1].annotation == "Actor"
    assert "return" in function.__annotations__
    assert inspect.getdoc(function)


def test_the_grants_are_exactly_what_operations_and_pages_ask_for() -> None:
    asked = {needs for _function, needs in OPERATIONS.values() if needs} | set(REQUIRED)
    assert asked == set(GRANTS)


def test_operations_that_need_no_role_are_listed() -> None:
    assert {name for name in NAMES if OPERATIONS[name][1] is None} == NEEDS_NOTHING


def functions_of(module: object) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def writes_audit(node: ast.AST, known: dict[str, ast.FunctionDef], seen: set[str]) -> bool:
    """True if the code calls audit.record, itself or through a function of its own module, or
    calls another operation (which writes its own line)."""
    for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
        called = ast.unparse(call.func)
        short = called.rpartition(".")[2]
        if called == "audit.record" or any(name.endswith(f".{short}") for name in NAMES):
            return True
        if called in known and called not in seen:
            seen.add(called)
            if writes_audit(known[called], known, seen):
                return True
    return False


def test_every_operation_writes_the_audit_trail_but_casting_a_ballot() -> None:
    silent = set()
    for name in NAMES:
        function = body_of(name)
        node = ast.parse(textwrap.dedent(inspect.getsource(function)))
        if not writes_audit(node, functions_of(inspect.getmodule(function)), {function.__name__}):
            silent.add(name)
    assert silent == {"governance.cast_ballot"}


def sources(*patterns: str) -> Iterator[Path]:
    for package in PACKAGES:
        for pattern in patterns:
            yield from sorted((ROOT / package).glob(pattern))


SAVERS = {"save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create"}


@pytest.mark.parametrize(
    "path",
    [*sources("views.py", "views/*.py", "tasks.py", "receivers.py")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_view_or_task_changes_a_row_itself(path: Path) -> None:
    found = [
        f"line {node.lineno}: .{node.func.attr}()"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SAVERS
        and ast.unparse(node.func.value) not in ("context", "data", "digest", "initial", "session")
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_imported_inside_a_function(package: str) -> None:
    """A late import is how a cycle hides. The solver's child process may: it says where its
    compiler keeps what it compiled before it loads it."""
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        if "migrations" in path.parts or path == ROOT / "rota/solver/__main__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "ready":
                late = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                found += [f"{path.relative_to(ROOT)}:{n.lineno}" for n in late]
    assert found == []
