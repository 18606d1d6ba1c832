"""What every app's pages are made of: list, detail, form, confirm, pick. At most two classes above Django's View."""

from heating.kit.pages.base import Page, StaffRequest
from heating.kit.pages.detail import Action, DetailPage, Section
from heating.kit.pages.form import ConfirmPage, FormPage
from heating.kit.pages.list import ListPage
from heating.kit.pages.pick import Choice, PickPage

__all__ = [
    "Action",
    "Choice",
    "ConfirmPage",
    "DetailPage",
    "FormPage",
    "ListPage",
    "Page",
    "PickPage",
    "Section",
    "StaffRequest",
]
