"""django-import-export resources whose rows are written by services."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.html import format_html
from import_export import resources, widgets
from import_export.resources import Diff
from import_export.results import Error

from heating.kit.backoffice.service import OUT_OF_REACH
from heating.kit.backoffice.workbook import LINE
from heating.kit.errors import Refusal

logger = logging.getLogger(__name__)


class Sentence(Error):
    """What stands beside a refused row: a sentence with the line of the sheet, never a trace of the program."""

    traceback = ""

    def __init__(self, error: Any, row: Any = None, number: int | None = None) -> None:
        super().__init__(error, row, number)
        if isinstance(error, Refusal):
            sentence = error.sentence
        elif isinstance(error, ObjectDoesNotExist):
            sentence = OUT_OF_REACH
        else:
            logger.error("import of a row failed", exc_info=error)
            sentence = "无法导入，请核对后重试"
        self.error = f"第 {row[LINE]} 行：{sentence}" if row else sentence


class Changes(Diff):
    """Old and new values of a row, without the library's inline styles, which the browser is told to refuse."""

    def as_html(self) -> list[Any]:
        return [self._cell(old, new) for old, new in zip(self.left, self.right, strict=True)]

    def _cell(self, old: Any, new: Any) -> Any:
        if old == new or self.new or not old:
            return str(new or "")
        return format_html("<del>{}</del> <ins>{}</ins>", old, new)


class ServiceResource(resources.ModelResource):
    """One row of the sheet is one call of a service by the person who imports; what it refuses is that row's error.

    `change_permission` cuts the rows that a sheet can mean; the library runs all in one transaction, as a trial first.
    """

    change_permission: ClassVar[str]
    actor: Any = None

    @classmethod
    def get_error_result_class(cls) -> type[Error]:
        return Sentence

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return Changes

    # Each table's resource says these three by its own services.

    def add(self, data: dict[str, Any]) -> Any:
        """Call the service that adds; return the new row."""
        raise NotImplementedError(type(self).__name__)

    def change(self, pk: int, data: dict[str, Any]) -> Any:
        """Call the service that changes; return the row."""
        raise NotImplementedError(type(self).__name__)

    def before_import(self, dataset: Any, **options: Any) -> None:
        self.actor = options["user"]

    def get_queryset(self) -> Any:
        """Return the rows that the actor may see."""
        raise NotImplementedError(type(self).__name__)

    def import_instance(self, instance: Any, row: Any, **options: Any) -> None:
        try:
            super().import_instance(instance, row, **options | {"user": self.actor})
        except ValidationError as wrong:
            raise Refusal("；".join(wrong.messages)) from wrong

    def save_instance(self, instance: Any, is_create: bool, row: Any, **options: Any) -> None:
        data = {name: getattr(instance, name) for name in self.fields}
        saved = self.add(data) if is_create else self.change(instance.pk, data)
        for name in ("pk", *self.fields):
            setattr(instance, name, getattr(saved, name))


class Text(widgets.Widget):
    """A cell of text."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> str:
        return str(value or "")

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        return "" if value is None else str(value)


class Whole(Text):
    """A whole number; nothing is 0."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        text = str(value or "0")
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 5):
            raise ValueError(f"{self.title}应为整数")
        return int(text)


class Word(Text):
    """One of a few words; `words` gives (stored value, word)."""

    def __init__(self, title: str, words: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self.title, self.words = title, {stored: str(word) for stored, word in words}

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        found = [stored for stored, word in self.words.items() if word == value]
        if not found:
            raise ValueError(f"{self.title}应为 {' / '.join(self.words.values())}")
        return found[0]

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        return self.words.get(value, "" if value is None else str(value))


def one_of(rows: Any, words: str) -> Any:
    """Return the only row; `ValueError` when there is none, or one in each of several companies."""
    found = list(rows[:2])
    if not found:
        raise ValueError(f"{words}不存在，或者不在您的数据范围内")
    if len(found) > 1:
        raise ValueError(f"{words}在多家公司中都有，请由该公司的管理员导入")
    return found[0]


class Found(Text):
    """A row named by its code; `rows(actor)` are those that the person may name."""

    def __init__(self, title: str, rows: Callable[[Any], Any]) -> None:
        super().__init__()
        self.title, self.rows = title, rows

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        if not value:
            return None
        return one_of(self.rows(options["user"]).filter(code=value), f"{self.title}“{value}”")

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        return value.code if value is not None else ""
