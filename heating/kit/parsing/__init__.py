"""Cells as people write them, made into values as they are stored; pure functions, the same for every template.

Each takes one cell: a text, a number, a date, or a time of day. It returns what is to be stored (text; None for an
empty cell) or, when there is something to say, a `Read` with a stable code.
"""

from heating.kit.parsing.days import day
from heating.kit.parsing.documents import document
from heating.kit.parsing.numbers import area, height, money, quantity
from heating.kit.parsing.phones import phone
from heating.kit.parsing.read import Read, Value
from heating.kit.parsing.text import free_serial_no, identifier, name, note, serial_no, shown

__all__ = [
    "Read",
    "Value",
    "area",
    "day",
    "document",
    "free_serial_no",
    "height",
    "identifier",
    "money",
    "name",
    "note",
    "phone",
    "quantity",
    "serial_no",
    "shown",
]
