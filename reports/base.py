"""A statement is one file: a question, an answer table, and rows from the scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http.response import HttpResponseBase
from django.utils.http import urlencode

from accounts.models import User
from heating.kit.pages import Page, StaffRequest
from heating.kit.pages.download import download, text_of
from heating.kit.tables import Table
from reports.forms import QuestionForm


@dataclass(frozen=True)
class Answer:
    """What a statement found: rows with an attribute for each column, the totals by column name, the way back up."""

    rows: list[Any]
    totals: dict[str, Any]
    trail: tuple[tuple[str, str], ...] = ()
    level: str = ""


class Report:
    """Subclass with `code, title, permission, question, table` and `answer(user, **answers)`."""

    code: ClassVar[str]
    title: ClassVar[str]
    permission: ClassVar[str] = "reports.view_statement"
    question: ClassVar[type[QuestionForm]]
    table: ClassVar[type[Table]]
    order: ClassVar[int] = 10
    # Keys of the query string that are no search fields but travel with links (drill-down).
    drill: ClassVar[tuple[str, ...]] = ()

    def answer(self, user: User, **answers: Any) -> Answer:
        """Return rows and totals in the user's scope; every statement starts with `visible_to`."""
        raise NotImplementedError(self.code)

    def totals(self, rows: list[Any]) -> dict[str, Any]:
        """Sum up the shown rows, for statements of a handful of rows whose columns add up."""
        return {c.name: sum((c.value(row) for row in rows), 0) for c in self.table.columns if c.total}

    def table_for(self, user: User, answer: Answer, query: str) -> Table:
        """Return the table; override to link the rows of a drill-down."""
        return self.table(user)


class ReportPage(Page):
    """Shows a report on screen and as a workbook, from the same rows; made for each report by `page_of`."""

    template = "reports/report.html"
    crumbs = (("报表统计", ""),)
    report: ClassVar[Report]

    def get(self, request: StaffRequest) -> HttpResponseBase:
        data = {key: value.replace("\x00", "") for key, value in request.GET.items()}
        form = self.report.question(data if self._asked(data) else None, user=request.user, permission=self.permission)
        if form.is_bound and not form.is_valid():
            return self.show(form=form, answer=None, status=422)
        answers = (
            form.cleaned_data
            if form.is_bound
            else {n: form.get_initial_for_field(f, n) for n, f in form.fields.items()}
        )
        drill = {
            key: int(data[key])
            for key in self.report.drill
            if data.get(key, "").isascii() and data.get(key, "").isdigit() and len(data[key]) < 18
        }
        answer = self.report.answer(request.user, **answers, **drill)
        query = urlencode({k: v for k, v in data.items() if v and k not in (*self.report.drill, "export")})
        table = self.report.table_for(request.user, answer, query)
        if data.get("export") == "xlsx":
            chosen = self.conditions(form, answers, answer)
            return download(
                request.user,
                title=self.get_title(),
                conditions=chosen,
                table=table,
                rows=answer.rows,
                totals=answer.totals,
            )
        return self.show(
            form=form,
            answer=answer,
            table=table,
            rows=table.rows(answer.rows),
            totals=table.total_cells(answer.totals),
            base_query=query,
            drill=drill,
        )

    def _asked(self, data: dict[str, str]) -> bool:
        return any(key in self.report.question.base_fields for key in data)

    def conditions(self, form: forms.Form, answers: dict[str, Any], answer: Answer) -> list[str]:
        """Return what was asked, and where the drill-down stands."""
        chosen = [f"{f.label}：{text_of(f, answers[n])}" for n, f in form.fields.items() if answers.get(n)]
        return chosen + ([f"位置：{' > '.join(label for label, _ in answer.trail)}"] if answer.trail else [])


def page_of(report: Report) -> type[ReportPage]:
    """Return the page of a report: its title and the permission that it asks for are the report's own."""
    made = {"report": report, "title": report.title, "permission": report.permission, "__doc__": report.__doc__}
    return type(f"{type(report).__name__}Page", (ReportPage,), made)
