"""Masking, and a log that holds no personal data."""

from __future__ import annotations

import logging
from io import StringIO

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import path

from heating.kit.privacy import LogFormatter, mask, scrub
from heating.urls import urlpatterns as real
from property.models import Owner
from tests import build

NAME, PHONE, DOCUMENT = "欧阳娜娜", "13812345678", "110101199003078515"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), ("123", "****"), ("12345", "1****45"), (PHONE, "138****5678"), ("138****5678", "138****5678")],
)
def test_a_number_is_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"电话{PHONE}。", "电话138****5678。"),
        ("138 1234 5678 / 024-12345678 / 02412345678", "138****5678 / 024****5678 / 024****5678"),
        (f"证件{DOCUMENT}", "证件110****8515"),
        ("账号 0000012345，订单 D2025112000000017", "账号 0000012345，订单 D2025112000000017"),
    ],
)
def test_a_text_is_scrubbed(text: str, shown: str) -> None:
    assert scrub(text) == shown


def test_fields_are_scrubbed_by_their_name() -> None:
    told = {"phone": "8765432", "id_no": DOCUMENT, "id_hash": "abc", "id_kind": "身份证", "rows": [{"note": PHONE}]}
    assert scrub(told) == {
        "phone": "8****32", "id_no": "110****8515", "id_hash": "****", "id_kind": "身份证",
        "rows": [{"note": "138****5678"}],
    }  # fmt: skip
    assert scrub({"phone": PHONE, "note": DOCUMENT}, phones=True) == {"phone": PHONE, "note": "110****8515"}


def fail(request: object) -> None:
    """Add an owner twice: the database's message holds the whole row."""
    one = Owner.objects.get()
    Owner.objects.create(company=one.company, office=one.office, number="X1", name=one.name, phone=one.phone)


def wrap(request: object) -> None:
    try:
        fail(request)
    except Exception as error:
        raise ValueError(f"业主 {NAME} {PHONE}") from error


urlpatterns = [path("fail/", fail), path("wrap/", wrap), *real]


@pytest.fixture
def log() -> StringIO:
    """The log as it is written, by the formatter of the settings."""
    line = settings.LOGGING["formatters"]["line"]
    assert line["class"] == f"{LogFormatter.__module__}.{LogFormatter.__qualname__}"
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(LogFormatter(line["format"], style=line["style"]))
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.urls("tests.kit.test_privacy")
@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/fail/", "/wrap/"])
def test_an_error_leaves_no_personal_data_in_the_log(log: StringIO, address: str) -> None:
    build.owner(build.site(build.company()), NAME, PHONE)
    connection.ensure_connection()
    answer = Client(raise_request_exception=False).post(address, {"name": NAME, "phone": PHONE})
    assert answer.status_code == 500
    text = log.getvalue()
    assert "owner_once" in text and "test_privacy.py" in text and "IntegrityError" in text
    assert NAME not in text and PHONE not in text and "DETAIL" not in text


def test_an_error_that_another_handler_wrote_first_is_scrubbed_too(log: StringIO) -> None:
    try:
        raise ValueError(f"{NAME}\nDETAIL:  ({PHONE})")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "row of %s", (PHONE,), (ValueError, error, None))
    logging.Formatter().format(record)
    assert NAME in record.exc_text
    logging.getLogger().handle(record)
    text = log.getvalue()
    assert "row of 138****5678" in text and NAME not in text and PHONE not in text
