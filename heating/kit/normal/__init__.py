"""Cells as people write them, made into values as they are stored; pure functions, the same for every template.

Each takes one cell: a text, a number, a date, or a time of day. It returns what is to be stored (text; None for an
empty cell) or, when there is something to say, a `Read` with a stable code.
"""

from heating.kit.normal.days import day
from heating.kit.normal.documents import document
from heating.kit.normal.numbers import area, height, money, quantity
from heating.kit.normal.phones import phone
from heating.kit.normal.read import Read, Value
from heating.kit.normal.text import identifier, meter_no, name, note, serial_no, shown

__all__ = [
    "Read",
    "Value",
    "area",
    "day",
    "document",
    "height",
    "identifier",
    "meter_no",
    "money",
    "name",
    "note",
    "phone",
    "quantity",
    "serial_no",
    "shown",
]
