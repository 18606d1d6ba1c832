"""What a template's columns are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from heating.kit.parsing import Read, Value, identifier

Reader = Callable[..., Any]


@dataclass(frozen=True)
class Field:
    """One column: its name, how a cell is read, and what an empty one means.

    `fills`: a merged cell counts for all rows it covers (小区, 楼幢, 单元 only). `silent`: a cell covered by a merge
    stays empty without remark (备注 only). `dated`: the reader wants to know the file's date system. `second`: the
    name under which a second value of the same cell is stored. `choices`: the words of the template's drop-down.
    """

    name: str
    read: Reader
    required: bool = False
    default: str | None = None
    fills: bool = False
    silent: bool = False
    dated: bool = False
    second: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """One kind of import file. `key` is the column without which a row may be a subtotal.

    `sentences`: what the codes of the importer's own checks and readers say; {field} and {candidate} are filled in.
    """

    name: str
    fields: tuple[Field, ...]
    key: str
    sentences: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.fields]

    @property
    def required(self) -> list[list[str]]:
        return [[column.name] for column in self.fields if column.required]


def word(words: Mapping[str, str], *, unknown: str) -> Callable[[Value], str | Read | None]:
    """Return a reader that takes the given spellings only, each standing for one word, in any case and width."""
    known = {spelling.casefold(): meant for spelling, meant in words.items()}

    def read(cell: Value) -> str | Read | None:
        text = identifier(cell)
        if not isinstance(text, str):
            return text
        meant = known.get(text.casefold())
        return Read(error=unknown) if meant is None else meant

    return read


def word_field(name: str, words: Mapping[str, str], *, unknown: str, **options: Any) -> Field:
    """Return a column that takes the words only (see `word`), offered as a drop-down."""
    return Field(name, word(words, unknown=unknown), choices=tuple(dict.fromkeys(words.values())), **options)
