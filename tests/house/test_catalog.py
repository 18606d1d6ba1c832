"""Every statement in the catalog's folder is listed, and so in the menu."""

from __future__ import annotations

from reports.catalog import CATALOG
from tests.house.files import ROOT


def unlisted(files: list[str], listed: list[object]) -> list[str]:
    """Return the files of the folder of which nothing is listed."""
    modules = {type(report).__module__.rsplit(".", 1)[-1] for report in listed}
    return [name for name in files if name not in modules]


def test_every_file_of_the_catalog_is_listed() -> None:
    files = [path.stem for path in (ROOT / "reports" / "catalog").glob("*.py") if path.stem != "__init__"]
    assert len(files) > 1
    assert unlisted(files, list(CATALOG)) == []


def test_a_file_that_is_not_listed_is_red() -> None:
    assert unlisted(["channels", "forgotten"], list(CATALOG)) == ["forgotten"]
