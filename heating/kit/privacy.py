"""What may be seen of a phone, an ID number or a name: on screen, in files, in the audit trail and in the log."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from copy import copy
from typing import Any

from django.conf import settings

HIDDEN = "****"
# Whatever stands under these names is masked; elsewhere, what looks like a mobile, a landline or an ID number.
PHONE_NAME = re.compile(r"phone|mobile|手机|电话")
DOCUMENT_NAME = re.compile(r"id_no|证件号")
SECRET_NAMES = {"id_cipher", "id_hash", "id_tail"}
PHONE = r"(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8}|0\d{10,11})"
DOCUMENT = r"\d{17}[0-9Xx]"
EDGES = r"(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])"
PHONES = re.compile(EDGES.format(PHONE), re.ASCII)
DOCUMENTS = re.compile(EDGES.format(DOCUMENT), re.ASCII)
# What the database tells about the row at fault, the names and words of people, and what stands in quotes.
DETAIL = re.compile(r"\s*\n(?:DETAIL|CONTEXT|HINT|WHERE|LINE \d+):.*", re.DOTALL)
WORDS = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")


# Who may see phones in clear.
SENSITIVE: str = settings.SENSITIVE_PERMISSION


def mask(text: str) -> str:
    """Hide the middle of a phone or ID number: 13812345678 → 138****5678."""
    if not text or HIDDEN in text:
        return text
    if len(text) <= 7:
        return text[:1] + HIDDEN + text[-2:] if len(text) > 4 else HIDDEN
    return text[:3] + HIDDEN + text[-4:]


def masked_for(user: Any, text: str | None) -> str:
    """Return a phone or ID number as this user may see it."""
    return text or "" if user.has_perm(SENSITIVE) else mask(text or "")


def scrub(value: Any, *, name: str = "", phones: bool = False) -> Any:
    """Return text or JSON without any ID number in clear, and without phones unless `phones` may be seen."""
    if isinstance(value, dict):
        return {key: scrub(part, name=str(key), phones=phones) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(part, name=name, phones=phones) for part in value]
    if name in SECRET_NAMES and value:
        return HIDDEN
    if not isinstance(value, str):
        return value
    if DOCUMENT_NAME.search(name) or (PHONE_NAME.search(name) and not phones):
        return mask(value)
    text = DOCUMENTS.sub(lambda found: mask(found[0]), value)
    return text if phones else PHONES.sub(lambda found: mask(found[0]), text)


class LogFormatter(logging.Formatter):
    """Writes log lines without personal data: no phone, no ID number, and of an error no value of a row or a form.

    Of an exception the log keeps its type, its place in the code and its message without what the database tells
    about the row and without Chinese words, which may be the name of a person.
    """

    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        record.exc_text = None  # Another handler may have kept it as it was.
        return str(scrub(DETAIL.sub("", super().format(record))))

    def formatException(self, ei: Any) -> str:
        return "\n".join(_told(ei[1]))


def _told(error: BaseException | None) -> Iterator[str]:
    """Yield the lines of an exception and, before it, of those that led to it."""
    if error is None:
        return
    if error.__cause__ or (error.__context__ and not error.__suppress_context__):
        yield from _told(error.__cause__ or error.__context__)
        yield "\nwhich led to\n"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield f"{type(error).__qualname__}: {WORDS.sub(HIDDEN, DETAIL.sub('', str(error)))}"
