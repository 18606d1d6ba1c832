"""账务检查: what the last check of the books found."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.dateparse import parse_datetime

from heating.kit.pages import Page, StaffRequest
from org.models import Office
from reports.models import BooksCheck


class BooksPage(Page):
    """Verdict, broken rules, and the seals of the companies in the user's scope."""

    title, permission, template = "账务检查", "reports.check_books", "reports/books.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        check = BooksCheck.objects.first()
        if check is None:
            return self.show(check=None)
        mine = Office.objects.visible_to(request.user, self.permission).companies()
        names = {str(pk): name for pk, name in mine.values_list("pk", "name")}
        chains = [
            {**chain, "company": names[company], "until": parse_datetime(chain["until"])}
            for company, chain in check.chains.items()
            if company in names
        ]
        faults = [
            {"company": names.get(str(fault["company"]), ""), "sentence": fault["sentence"]}
            for fault in check.faults
            if not fault["company"] or str(fault["company"]) in names
        ]
        return self.show(check=check, chains=chains, faults=faults, unsealed=sum(check.unsealed.values()))
