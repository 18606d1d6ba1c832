"""Rows of an uploaded sheet: template columns read and checked, rows that are no data skipped (domain.md §5.7)."""

from heating.kit.intake.result import ERROR, OK, SKIPPED, WARN, Issue, Result
from heating.kit.intake.sentences import sentence
from heating.kit.intake.sheet import Sheet, read_sheet
from heating.kit.intake.template import Field, Template, word

__all__ = [
    "ERROR",
    "OK",
    "SKIPPED",
    "WARN",
    "Field",
    "Issue",
    "Result",
    "Sheet",
    "Template",
    "read_sheet",
    "sentence",
    "word",
]
