"""No page carries script or style of its own: the Content-Security-Policy would not run it."""

import re

import pytest

from tests.house.files import ROOT, sources

WIDEST = 160
HEAD = 3  # lines within which a template says what it shows
INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)|<style|\sstyle\s*=|[\s\"']on[a-z]+\s*=\s*[\"'{]|javascript:|\shx-on|[\"']js:|\sx-[a-z]+[:=]",
    re.IGNORECASE,
)


def unreadable(text: str) -> list[str]:
    """Return what makes a template hard to read: long lines, no comment at its head."""
    lines = text.splitlines()
    faults = [f"line {number}: {len(line)} characters" for number, line in enumerate(lines, 1) if len(line) > WIDEST]
    if not any(re.search(r"{# .+ #}", line) for line in lines[:HEAD]):
        faults.append("no comment at the head")
    return faults


def test_templates_are_readable() -> None:
    templates = sorted(ROOT.glob("templates/**/*.html"))
    assert len(templates) > 20
    found = {str(path.relative_to(ROOT)): unreadable(path.read_text()) for path in templates}
    assert not {path: faults for path, faults in found.items() if faults}


def test_the_check_of_readability_can_fail() -> None:
    head = "{# A page. #}\n"
    assert unreadable(head + "x" * WIDEST) == []
    assert unreadable(head + "x" * (WIDEST + 1)) == ["line 2: 161 characters"]
    assert unreadable("<p>\n</p>\n<p>\n" + head) == ["no comment at the head"]


def test_no_template_has_inline_script_or_style() -> None:
    templates = sorted(ROOT.glob("templates/**/*.html"))
    assert len(templates) > 20
    found = {str(path.relative_to(ROOT)): INLINE.findall(path.read_text()) for path in templates}
    assert not {path: hits for path, hits in found.items() if hits}


def test_no_html_written_in_python_has_either() -> None:
    html = re.compile(r"<[a-z]+[^>]*(\sstyle=|\son[a-z]+=)|<script|<style", re.IGNORECASE)
    assert not [str(path.relative_to(ROOT)) for path in sources() if html.search(path.read_text())]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<script type="module">x</script>',
        "<style>p {}</style>",
        '<p style="color: red">',
        '<a onclick="go()">',
        "<a href='javascript:go()'>",
        '<div hx-on:click="go()">',
        "<div hx-vals='js:{a: 1}'>",
    ],
)
def test_the_check_can_fail(text: str) -> None:
    assert INLINE.search(text)


def test_the_check_lets_files_pass() -> None:
    assert not INLINE.search('<script src="/static/js/app.js" defer></script><link rel="stylesheet" href="x">')
