"""One row of 操作日志."""

from __future__ import annotations

from typing import Any

from heating.audit.models import Record
from heating.kit.pages import DetailPage, Section
from heating.kit.tables import Column, Table
from reports.logs.lists import SecondColumn, log_rows
from reports.logs.readable import changes, note
from reports.logs.words import RESULTS, event_label


class ChangeTable(Table):
    label = Column("项目")
    before = Column("操作前", width=36)
    after = Column("操作后", width=36)


class LogDetail(DetailPage):
    """Who did what to which thing, and what it was before and after."""

    permission, model = "audit.view_record", Record
    crumbs = (("系统设置", ""), ("操作日志", "reports:log-list"))
    sections = (
        Section(
            "操作",
            facts=(
                SecondColumn("时间", "at"),
                Column("操作人", "actor_name"),
                Column("操作", lambda r: event_label(r.event)),
                Column("对象", "target_text"),
                Column("机构", "office_name"),
                Column("来源地址", "address"),
                Column("说明", note),
                Column("日志编号", "pk"),
            ),
        ),
        Section("变化", table=ChangeTable, rows=changes, empty="没有记录变化的内容"),
    )

    @property
    def queryset(self) -> Any:
        return log_rows().exclude(event__in=RESULTS)

    def get_title(self) -> str:
        return f"{event_label(self.object.event)} {self.object.target_text}"
