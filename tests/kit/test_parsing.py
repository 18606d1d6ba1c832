"""Cells as people write them: what is stored, and what is said about them."""

from __future__ import annotations

from datetime import date, time
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heating.kit import parsing
from heating.kit.parsing import Read
from property.rules import account_no, meter_no


def said(found: Any) -> Any:
    """Return the value, or the code."""
    if isinstance(found, Read):
        return found.error or (found.value, found.warning) + ((found.second,) if found.second else ())
    return found


AREAS = [
    ("８９．５", "89.50"),
    ("89.5㎡", "89.50"),
    ("89.5 m2", "89.50"),
    ("89.5平", "89.50"),
    ("1,089.5", "1089.50"),
    ("1，089.5 平方米", "1089.50"),
    ("89.5M²", "89.50"),
    (89.49999999999999, "89.50"),
    (12, "12.00"),
    (89.555000000000007, ("89.56", "area_rounded")),
    ("0.005", ("0.01", "area_rounded")),
    ("0.004", "area_not_positive"),
    ("-5", "area_not_positive"),
    (0, "area_not_positive"),
    (100000, "100000.00"),
    (100000.004, ("100000.00", "area_rounded")),
    (100000.005, "area_too_large"),
    ("89,5", "area_invalid"),
    ("89。5", "area_invalid"),
    ("约90", "area_invalid"),
    ("85-90", "area_invalid"),
    ("1,0895", "area_invalid"),
    ("1e2", "area_invalid"),
    ("٣", "area_invalid"),
    ("1_000", "area_invalid"),
    (float("nan"), "area_invalid"),
    (float("inf"), "area_invalid"),
    ("9" * 5000, "area_invalid"),
    (date(2025, 3, 1), "unexpected_date"),
    (time(), "unexpected_date"),
    ("  \u200b", None),
    ("89.5m2m2", "area_invalid"),
]
HEIGHTS = [
    ("2.8m", "2.80"),
    ("3米", "3.00"),
    ("2.795", ("2.80", "height_rounded")),
    (2, "2.00"),
    (30, "30.00"),
    (1.99, "height_out_of_range"),
    ("30.01", "height_out_of_range"),
    ("1.995", ("2.00", "height_rounded")),
    ("三米", "height_invalid"),
    (-3, "height_out_of_range"),
]
AMOUNTS = [
    ("￥1,200.50元", "1200.50"),
    ("¥0", "0.00"),
    (99999999.99, "99999999.99"),
    (0.1, "0.10"),
    ("1200", "1200.00"),
    ("12.345", "amount_invalid"),
    (12.345, "amount_invalid"),
    ("-1", "amount_out_of_range"),
    ("1,23", "amount_invalid"),
    (100000000, "amount_out_of_range"),
    ("壹佰元", "amount_invalid"),
    ("1e3", "amount_invalid"),
]
PHONES = [
    ("13812345678", "13812345678"),
    (13812345678.0, "13812345678"),
    ("13812345678.0", "13812345678"),
    ("1.3812345678E+10", "13812345678"),
    ("1.38E+10", "phone_precision_lost"),
    ("138-1234-5678", "13812345678"),
    ("+86 138 1234 5678", "13812345678"),
    ("0086-13812345678", "13812345678"),
    ("8613812345678", "13812345678"),
    (8613812345678.0, "13812345678"),
    ("１３８１２３４５６７８", "13812345678"),
    ("'13812345678", "13812345678"),
    ("138\u200b12345678", "13812345678"),
    ("0531-1234567", "0531-1234567"),
    ("(0531)12345678", "0531-12345678"),
    ("053112345678", "0531-12345678"),
    ("010－12345678", "010-12345678"),
    ("02112345678", "021-12345678"),
    ("01912345678", "phone_invalid"),
    (53112345678.0, "phone_invalid"),
    ("12345678", "phone_invalid"),
    ("无", "phone_invalid"),
    ("1381234567", "phone_invalid"),
    ("138123456789", "phone_invalid"),
    ("1381234567O", "phone_invalid"),
    ("12812345678", "phone_invalid"),
    (138123456.5, "phone_invalid"),
    ("13812345678/13912345678", ("13812345678", "phone_second_number", "13912345678")),
    ("13812345678、0531-1234567", ("13812345678", "phone_second_number", "0531-1234567")),
    ("13812345678\n13912345678", ("13812345678", "phone_second_number", "13912345678")),
    ("13812345678；1391234567", "phone_invalid"),
    ("13812345678/13912345678/13712345678", "phone_invalid"),
    (date(2025, 1, 1), "unexpected_date"),
    ("", None),
    ("\u3000", None),
    ("/", "phone_invalid"),
]
ACCOUNTS = [
    ("0500000077", "0500000077"),
    (1500000077.0, "1500000077"),
    (500000077.0, ("500000077", "account_short")),
    ("500000077", "500000077"),
    ("1500000077.0", "1500000077"),
    ("500000077.0", ("500000077", "account_short")),
    ("'000123", "000123"),
    ("０５００００００７７", "0500000077"),
    ("05000 00077", "0500000077"),
    ("AB-1234", "account_invalid"),
    ("12345", "account_invalid"),
    ("1" * 20, "1" * 20),
    ("1" * 21, "account_invalid"),
    (12345.0, "account_invalid"),
    (6.2e18, "account_precision_lost"),
    ("6.2E+18", "account_precision_lost"),
    ("6.2000000001E+10", "account_precision_lost"),
    (1500000077.5, "account_invalid"),
    (-1500000077.0, "account_invalid"),
    ("账号1234567", "account_invalid"),
    ("12E5678", "12E5678"),
    (123456789012345.0, "123456789012345"),
    (date(2025, 1, 1), "unexpected_date"),
]
METERS = [
    ("02528359", "02528359"),
    (2528359.0, "2528359"),
    ("5.2E+17", "meter_precision_lost"),
    (5.2e17, "meter_precision_lost"),
    ("0252\u200b8359", "02528359"),
    ("75101496.0", "75101496"),
    ("A-12/3", "A-12/3"),
    ("1" * 31, "text_too_long"),
]
NAMES = [
    ("张　三", "张三"),
    (" 张三 ", "张三"),
    ("张三\n", "张三"),
    ("张\u200b三", "张三"),
    ("John  Smith", "John Smith"),
    ("王𬭚 洁", "王𬭚洁"),
    ("阿依古丽·买买提", "阿依古丽·买买提"),
    ("３号楼", "3号楼"),
    ("３＃", "3#"),
    ("Ａ－１", "A-1"),
    ("（东）区", "（东）区"),
    (3.0, "3"),
    ("1 单元", "1单元"),
    (date(2025, 3, 1), "unexpected_date"),
    ("\ufeff", None),
    ("张" * 41, "text_too_long"),
    ("=1+1", "=1+1"),
    ("a\x00b", "ab"),
]
NOTES = [(" 同一户  ok ", "同一户  ok"), ("a\nb", "a\nb"), (2.5, "2.5"), ("x" * 501, "text_too_long"), ("\u200b", None)]
DOCUMENTS = [
    ("139921195111248757", ("139921195111248757", "id_checksum")),
    ("11010519491231002x", "11010519491231002X"),
    ("１１０１０５１９４９１２３１００２X", "11010519491231002X"),
    ("EA2003021", "EA2003021"),
    (1.39921194807165e17, "id_precision_lost"),
    ("1.39921E+17", "id_precision_lost"),
    ("1101051949123100", "id_invalid"),
    ("11010519491231002", "id_invalid"),
    ("1101051949123100211", "id_invalid"),
    ("91370100MA3C000000", "91370100MA3C000000"),
    ("12345", "id_invalid"),
    ("护照123456", "id_invalid"),
    ("110105491231002", "110105491231002"),
    (12345678.0, "12345678"),
]
DAYS = [
    ("2025-9-1", "2025-09-01"),
    ("2025/09/01", "2025-09-01"),
    ("2025.9.1", "2025-09-01"),
    ("20250901", "2025-09-01"),
    ("2025年9月1日", "2025-09-01"),
    ("2025 年 9 月 1 日", "2025-09-01"),
    ("２０２５－０８－０４", "2025-08-04"),
    (20250901.0, "2025-09-01"),
    (45901.0, "2025-09-01"),
    ("45901", "2025-09-01"),
    (45901.75, "2025-09-01"),
    (date(2025, 9, 1), "2025-09-01"),
    ("2025-09-01 08:30:00", "2025-09-01"),
    ("2025-09-01T08:30:00", "2025-09-01"),
    ("2025年9月1日 8时30分", "2025-09-01"),
    ("9/1/2025", "date_invalid"),
    ("25.9.1", "date_invalid"),
    ("2025-11", "date_invalid"),
    ("2025-02-30", "date_invalid"),
    ("长期", "date_invalid"),
    ("2025/9-1", "date_invalid"),
    ("2025年9-1", "date_invalid"),
    (19999.0, "date_invalid"),
    (80001.0, "date_invalid"),
    (time(8), "date_invalid"),
    ("", None),
    ("99999999", "date_invalid"),
]


def cases(reader: Any, table: list[tuple[Any, Any]]) -> list[Any]:
    return [pytest.param(reader, cell, wanted, id=f"{index}") for index, (cell, wanted) in enumerate(table)]


@pytest.mark.parametrize(
    ("reader", "cell", "wanted"),
    [
        *cases(parsing.area, AREAS),
        *cases(parsing.height, HEIGHTS),
        *cases(parsing.money, AMOUNTS),
        *cases(parsing.phone, PHONES),
        *cases(partial(account_no, fixed=10), ACCOUNTS),
        *cases(meter_no, METERS),
        *cases(parsing.name, NAMES),
        *cases(parsing.note, NOTES),
        *cases(parsing.document, DOCUMENTS),
        *cases(parsing.day, DAYS),
    ],
)
def test_cell(reader: Any, cell: Any, wanted: Any) -> None:
    assert said(reader(cell)) == wanted


def test_serial_dates_follow_the_date_system_of_the_file() -> None:
    assert parsing.day(44439.0, date1904=True) == "2025-09-01"
    assert parsing.day("44439", date1904=True) == "2025-09-01"
    assert parsing.day("2025-09-01", date1904=True) == "2025-09-01"


READERS = (
    parsing.area,
    parsing.height,
    parsing.money,
    parsing.phone,
    account_no,
    meter_no,
    parsing.name,
    parsing.note,
    parsing.document,
    parsing.day,
)
CELLS = st.one_of(st.text(), st.floats(), st.dates(), st.times(), st.from_regex(r"[-0-9.,/Ee+年月日 ]{1,20}"))


@given(cell=CELLS)
def test_whatever_stands_in_a_cell_is_read_or_refused(cell: Any) -> None:
    for reader in READERS:
        found = reader(cell)
        value = found.value if isinstance(found, Read) else found
        assert value is None or (isinstance(value, str) and value and "\x00" not in value)


@example(cell="A´")
@given(cell=CELLS)
def test_reading_what_is_stored_gives_the_same_again(cell: Any) -> None:
    """A stored value written into the next file is not changed, so that the same room is `unchanged`."""
    for reader in READERS:
        found = reader(cell)
        value = found.value if isinstance(found, Read) else found
        if value is not None:
            again = reader(value)
            assert (again.value if isinstance(again, Read) else again) == value
