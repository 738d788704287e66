"""The site of the documentation builds, its links lead somewhere, and no page is left out."""

import re
import subprocess
import sys

import pytest
import yaml

from tests.paths import ROOT

DOCS = ROOT / "docs"


def named(nav: object) -> set[str]:
    """Pages that the menu names."""
    if isinstance(nav, str):
        return {nav}
    inner = nav.values() if isinstance(nav, dict) else nav
    return set().union(*map(named, inner))  # type: ignore[call-overload]


def test_the_menu_names_every_page() -> None:
    menu = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert named(menu) == {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_of_a_page_of_the_repository_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = {link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)}
    assert [x for x in links if x and "://" not in x and not (ROOT / x).exists()] == []


def test_pages_link_to_pages_rather_than_name_their_files() -> None:
    found = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"`docs/[\w/-]+\.md`", page.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_readme_fits_one_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 800


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path) -> None:
    """Links, anchors and references to the code are checked by the build (`strict`)."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    home = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?:https?:)?//', home) == []
    assert "solve" in (tmp_path / "cli" / "index.html").read_text(encoding="utf-8")
    assert "write_submission" in (tmp_path / "api" / "index.html").read_text(encoding="utf-8")
