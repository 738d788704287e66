"""Guards of the project's files: what is written twice agrees, and what is packed is whole."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import qslbench

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", ".ci/run")
EXTRAS = ("build", "circuits", "codes", "graphs", "baselines", "app", "dev")
LONGEST = 400


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The `project` table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
    return table


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    """Package → version of constraints.txt."""
    lines = [line for line in read("constraints.txt").splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in (x.split("==") for x in lines)}


def read(name: str) -> str:
    """Text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def kept_files() -> list[Path]:
    """Files that git has or would take; without git, everything that is not hidden."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        found = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        found = [p for p in ROOT.rglob("*") if not re.search(r"/[.]", f"/{p.relative_to(ROOT)}")]
    return [path for path in found if path.is_file()]


def test_no_source_file_is_longer_than_400_lines() -> None:
    files = [path for path in kept_files() if path.suffix == ".py"]
    assert ROOT / "qslbench" / "command_line.py" in files
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in files}
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    # An absolute path below a home or work folder; the lookbehind spares URLs and ~/work.
    pattern = re.compile(rb"(?<![\w.~-])/(work|root|home|Users)/")
    text_files = [path for path in kept_files() if b"\0" not in path.read_bytes()[:8192]]
    found = [str(p.relative_to(ROOT)) for p in text_files if pattern.search(p.read_bytes())]
    # This file holds the pattern, in which no path matches itself.
    assert found == []


@pytest.mark.parametrize("page", PAGES)
def test_make_commands_that_are_shown_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
    # Commands stand in code: at the start of a line, after a backtick, in a shell loop.
    shown = set(re.findall(r"(?:^|`)(?:\$ )?make ([a-z][a-z-]*)", read(page), re.MULTILINE))
    shown |= set(" ".join(re.findall(r"for target in ([a-z -]+);", read(page))).split())
    assert shown, f"{page} shows no make command"
    assert shown - targets == set()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_subcommands_that_are_shown_exist(page: str) -> None:
    shown = set(re.findall(r"(?:^|`|/)(?:\$ )?qslbench ([a-z]+)", read(page), re.MULTILINE))
    assert shown, f"{page} shows no command"
    assert shown - set(qslbench.cli.list_commands(click.Context(qslbench.cli))) == set()


def test_code_quoted_in_contributing_is_the_code_of_the_tree() -> None:
    block = r"`([\w/]+\.py)`:\n\n```python\n(.*?)```"
    quoted = re.findall(block, read("CONTRIBUTING.md"), re.DOTALL)
    assert len(quoted) >= 3
    for name, code in quoted:
        # A line of … stands for what is left out.
        for part in re.split(r"^ *…\n", code, flags=re.MULTILINE):
            assert part.strip("\n") in read(name), f"{name} no longer holds:\n{part}"


def test_every_requirement_is_pinned_and_the_pin_allowed(
    project: dict[str, Any], pins: dict[str, str]
) -> None:
    wanted = [*project["dependencies"]]
    for extra in EXTRAS:
        wanted += project["optional-dependencies"][extra]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])


def test_pins_are_plain_versions() -> None:
    # No hash, no `+cpu`, no path, no editable line: they hold on every machine.
    lines = [line for line in read("constraints.txt").splitlines() if not line.startswith("#")]
    assert [x for x in lines if not re.fullmatch(r"[A-Za-z][\w.-]*==[0-9][A-Za-z0-9.]*", x)] == []
    assert lines == sorted(set(lines), key=lambda line: line.split("==")[0].lower())


def test_citation_has_what_the_format_requires(project: dict[str, Any]) -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["message"]
    assert citation["title"]
    assert all(author.get("name") or author.get("family-names") for author in citation["authors"])
    assert citation["authors"]
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]


def test_licences_and_changelog_are_there(project: dict[str, Any]) -> None:
    code, data, log = read("LICENSE"), read("LICENSE-DATA"), read("CHANGELOG.md")
    assert "Apache License" in code
    assert "END OF TERMS AND CONDITIONS" in code
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in data
    assert "## [Unreleased]" in log
    assert project["version"] in log
