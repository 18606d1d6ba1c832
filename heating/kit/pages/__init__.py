"""What every app's pages are made of: list, detail, form, confirm. At most two classes above Django's View."""

from heating.kit.pages.base import Page
from heating.kit.pages.detail import Action, DetailPage, Section
from heating.kit.pages.form import ConfirmPage, FormPage
from heating.kit.pages.list import ListPage

__all__ = ["Action", "ConfirmPage", "DetailPage", "FormPage", "ListPage", "Page", "Section"]
