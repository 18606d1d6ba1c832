"""Docstrings and comments speak of people in neutral words and name no document outside the repository."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.house.files import ROOT

GENDERED = re.compile(r"\b(?:he|him|his|himself|she|her|hers|herself)\b", re.IGNORECASE)
DOCUMENT = re.compile(r"\b([\w-]+)\.md\b|§")
KINDS = (".py", ".html", ".md", ".js", ".css", ".toml", ".json")
HERE = "tests/house/test_prose.py"


def texts() -> dict[str, str]:
    """Return path → text of the files that people write."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wanted = [line for line in listed.splitlines() if line.endswith(KINDS) and line not in (HERE, "package-lock.json")]
    return {line: (ROOT / line).read_text() for line in wanted if (ROOT / line).is_file()}


def strange(text: str, documents: set[str]) -> list[str]:
    """Return the references of a text to documents that are not here."""
    return [found[0] for found in DOCUMENT.finditer(text) if found[1] is None or found[1] not in documents]


def test_people_are_spoken_of_in_neutral_words() -> None:
    found = [
        f"{path}:{number} {word[0]}"
        for path, text in texts().items()
        if path.endswith(".py")
        for number, line in enumerate(text.splitlines(), 1)
        if (word := GENDERED.search(line))
    ]
    assert not found


def test_no_document_is_named_that_is_not_here() -> None:
    files = texts()
    documents = {path.rsplit("/", 1)[-1].removesuffix(".md") for path in files if path.endswith(".md")}
    found = [f"{path}: {name}" for path, text in files.items() for name in strange(text, documents)]
    assert not found


@pytest.mark.parametrize("line", ["what he sees", "Her phone", "himself"])
def test_a_gendered_word_is_red(line: str) -> None:
    assert GENDERED.search(line) and not GENDERED.search("the sheet of others")


def test_a_strange_document_is_red() -> None:
    assert strange("see domain.md and manual §2", {"tariff"}) == ["domain.md", "§"]
    assert not strange("see docs/tariff.md", {"tariff"})
