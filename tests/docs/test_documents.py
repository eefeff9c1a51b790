"""Documents stay true where a test can tell: links lead somewhere, locked rules about what is committed hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import gateway

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "installers").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    dead = [target for target in LINK.findall(text) if not (document.parent / target).exists()]
    assert dead == []


def test_the_packages_the_developer_guide_names_exist() -> None:
    text = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8")
    house = text.split("```\nservice", 1)[1].split("```", 1)[0]
    named = re.findall(r"^([a-z0-9]+)(?: \| ([a-z0-9]+))?  ", "service" + house, flags=re.MULTILINE)
    for package in (name for pair in named for name in pair if name):
        assert (ROOT / "gateway" / package / "__init__.py").exists(), package
    assert len(named) >= 10


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == gateway.__version__
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").lstrip().startswith("Apache License")


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text
    headings = set(re.findall(r"^### (.+)$", text, flags=re.MULTILINE))
    assert headings <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
