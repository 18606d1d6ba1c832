"""The kinds of imports; an app registers its own in `<app>/jobs.py`."""

from __future__ import annotations

from heating.kit.intake.importing import Importer

IMPORTERS: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    """Make a kind of import known to the pages, the worker and the shell."""
    if importer.kind in IMPORTERS:
        raise ValueError(f"importer {importer.kind!r} is declared twice")
    IMPORTERS[importer.kind] = importer
