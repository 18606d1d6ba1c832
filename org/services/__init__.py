"""The only writers of offices, parameters and dictionaries."""

from org.services.dictionaries import add_entry, change_entry, delete_entry
from org.services.offices import add_office, change_office, delete_office, switch_office, use_office
from org.services.parameters import set_parameter

__all__ = [
    "add_entry",
    "add_office",
    "change_entry",
    "change_office",
    "delete_entry",
    "delete_office",
    "set_parameter",
    "switch_office",
    "use_office",
]
