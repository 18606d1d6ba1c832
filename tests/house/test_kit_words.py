"""The kit serves any trade: it names no permission, no menu entry and nothing of the heating business."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.files import ROOT, sources
from tests.house.test_strings import strings

CHINESE = re.compile(
    "户室|业主|小区|楼幢|缴费|收费|采暖|供热|热力|订单|签约|滞纳金|机构|站点|回单|抄表|预存款|报停|过户"
)
ENGLISH = re.compile(
    r"(?<![a-z])(rooms?|communit(y|ies)|buildings?|seasons?|tariffs?|receipts?|payments?|contracts?|orders?_?no|"
    r"offices?|heat|meters?|late_fee|jurisdictions?)(?![a-z])"
)
PERMISSION = re.compile(r"^(org|accounts|audit|jobs|property|meters|billing|payments|reports)\.[a-z]+_[a-z_]+$")
# The scope's handles are the one thing of the trade that the kit is made for: office, place, author.
SCOPE = "heating/kit/scope.py"


def trade_words(path: Path, tree: ast.AST) -> list[str]:
    """Return names and strings of the trade in a file of the kit; docstrings may give examples of it."""
    name = str(path.relative_to(ROOT))
    if name == SCOPE:
        return []
    said = list(strings(tree))
    named = [(n.id, n.lineno) for n in ast.walk(tree) if isinstance(n, ast.Name)]
    named += [(n.arg, n.lineno) for n in ast.walk(tree) if isinstance(n, ast.arg)]
    named += [(n.attr, n.lineno) for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
    named += [(n.name, n.lineno) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    wrong = [f"{name}:{line} {text[:30]}" for text, line in said if CHINESE.search(text) or PERMISSION.match(text)]
    return wrong + [f"{name}:{line} {word}" for word, line in named if ENGLISH.search(word.lower())]


def test_the_kit_knows_no_trade() -> None:
    kit = [path for path in sources("heating") if path.relative_to(ROOT).parts[1] == "kit"]
    assert not [word for path in kit for word in trade_words(path, ast.parse(path.read_text()))]


@pytest.mark.parametrize(
    "line",
    [
        'LABEL = "户室列表"',
        'SEE = "property.view_sensitive"',
        "room = 1",
        "def close(season): pass",
        "x = row.building",
    ],
)
def test_a_word_of_the_trade_is_red(line: str) -> None:
    assert trade_words(ROOT / "heating" / "kit" / "x.py", ast.parse(line))
    assert not trade_words(ROOT / "heating" / "kit" / "x.py", ast.parse('"""A room."""\nrows = [row.headroom]'))
