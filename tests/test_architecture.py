"""Holds the house to its rules: who imports whom, who commits, who reads the clock, what a page may carry."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("config.py", "wsgi.py", "app", "workflows")
EVERYTHING = (*PRODUCT, "bench", "migrations", "tests")
TEMPLATES = ROOT / "app" / "templates"

#: a module that grows beyond this has more than one subject
LONGEST_MODULE = 350

#: reading the machine's clock, or the database's; a stopwatch (time.monotonic, time.perf_counter) is no clock
CLOCK = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
    *("sqlalchemy.func.now", "sqlalchemy.func.current_timestamp", "sqlalchemy.func.current_date"),
}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}


def modules(*places: str) -> Iterator[Path]:
    """Python files under `places`, as paths from the root of the project."""
    for place in places:
        path = ROOT / place
        for module in [path] if path.is_file() else sorted(path.rglob("*.py")):
            yield module.relative_to(ROOT)


def names_used(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name and attribute chain with its line, as the whole path that the imports give it."""
    origin: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origin |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            origin |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)):
            root, dot, rest = ast.unparse(node).partition(".")
            yield origin.get(root, root) + dot + rest, node.lineno


def uses(wanted: Callable[[str], bool], *places: str) -> list[tuple[Path, int, str]]:
    """Where a wanted name stands: module, line, name."""
    return [
        (module, line, name)
        for module in modules(*places)
        for name, line in names_used(ast.parse((ROOT / module).read_text(encoding="utf-8")))
        if wanted(name)
    ]


def is_edge(module: Path) -> bool:
    """Whether the module stands where the world comes in: screens, commands, jobs."""
    parts = module.with_suffix("").parts
    return parts[0] == "app" and len(parts) > 1 and parts[1] in {"web", "cli", "jobs"}


def described(found: list[tuple[Path, int, str]]) -> str:
    return "\n".join(f"{module}:{line}: {name}" for module, line, name in found)


def test_every_import_follows_the_layers() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    answer = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_only_the_transaction_commits() -> None:
    found = [
        use for use in uses(lambda name: name.endswith(".commit"), *PRODUCT) if use[0] != Path("app/db.py")
    ]
    assert not found, described(found)


def test_only_screens_commands_and_jobs_read_the_clock() -> None:
    found = [
        use
        for use in uses(CLOCK.__contains__, *PRODUCT)
        if not is_edge(use[0]) and use[0] != Path("config.py")
    ]
    assert not found, described(found)


def test_only_the_configuration_reads_the_environment() -> None:
    found = [use for use in uses(ENVIRONMENT.__contains__, *PRODUCT) if use[0] != Path("config.py")]
    assert not found, described(found)


def test_a_module_has_one_subject() -> None:
    lengths = {
        module: len((ROOT / module).read_text(encoding="utf-8").splitlines())
        for module in modules(*EVERYTHING)
        if module.parts[:2] != ("migrations", "versions")
    }
    long = {str(module): lines for module, lines in lengths.items() if lines > LONGEST_MODULE}
    assert not long


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(module)
        for module in modules(*EVERYTHING)
        if (tree := ast.parse((ROOT / module).read_text(encoding="utf-8"))).body
        and not ast.get_docstring(tree)
    ]
    assert not silent


def test_migrations_stand_alone() -> None:
    found = [
        str(module)
        for module in modules("migrations/versions")
        if re.search(r"^\s*(from|import) app\b", (ROOT / module).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert not found


# The content security policy forbids what stands in the page itself: a browser would ignore it silently.
FORBIDDEN_IN_TEMPLATES = {
    "a script in the page": r"<script(?![^>]*\b(?:src=|type=\"application/json\"))",
    "styles in the page": r"<style\b",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "a javascript: address": r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:",
    "a file of another host": r"<(?:script|link|img|iframe)\b[^>]*\s(?:src|href)\s*=[\s\"']*(?:https?:)?//",
    "text that is not escaped": r"\|\s*safe\b|\bautoescape\s+false\b",
}


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_no_template_carries(what: str) -> None:
    found = [
        f"{template.relative_to(ROOT)}: {match.group()}"
        for template in sorted(TEMPLATES.rglob("*.*"))
        for match in re.finditer(FORBIDDEN_IN_TEMPLATES[what], template.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_versions_and_hashes_and_no_address(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    requirements = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE).strip())
    unpinned = [
        entry
        for entry in requirements
        if not re.match(r"\S+==\S+.*--hash=sha256:[0-9a-f]{64}", entry, re.DOTALL)
    ]
    assert not unpinned


def test_the_development_lock_contains_the_runtime_lock() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert versions("requirements.txt") < versions("requirements-dev.txt")


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lock = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    names = {re.split(r"[\[<>=~! ;]", requirement)[0].lower().replace("_", "-") for requirement in declared}
    assert names <= locked


@pytest.mark.parametrize("name", ["README.md", "Makefile", "pyproject.toml", ".ci/run"])
def test_nothing_says_where_packages_come_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.findall(r"--(?:extra-)?index(?:-url)?\b|--find-links|--trusted-host|/simple/?\b", text)
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert not {host for host in hosts if re.search(r"py(pi|thonhosted)|npm|cdn|registry|mirror", host)}


def test_the_checks_of_the_machine_are_valid_shell() -> None:
    answer = subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
