"""The pages of owners: adding, one owner, 停用, deleting, sensitive data."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from heating.kit.pages import Action, ConfirmPage, DetailPage, FormPage, Page, Section, StaffRequest
from heating.kit.tables import AreaColumn, Column, DateColumn, MaskedColumn, Table
from property.fields import reliefs
from property.forms.owners import OwnerForm
from property.models import Owner, Room
from property.services import owners
from property.views.sections import money_sections


class OwnerAdd(FormPage):
    """新增业主: effective at once."""

    title, permission, form_class = "新增业主", "property.add_owner", OwnerForm
    crumbs = (("基础信息管理", ""), ("业主信息", "property:owner-list"))
    success = "业主已添加"

    def perform(self, form: Any) -> Owner:
        return owners.add_owner(form.cleaned_data, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("property:owner-list")


class RoomTable(Table):
    """The owner's rooms."""

    account_no = Column("缴费账号", link="property:room-detail")
    address = Column("地址", width=30)
    floor_area = AreaColumn("建筑面积")
    heat_state = Column("供热状态")


class OwnerDetail(DetailPage):
    """业主 with rooms, contracts, orders of all seasons, payments, requests."""

    permission, model = "property.view_owner", Owner
    queryset = Owner.objects.select_related("office", "created_by")
    crumbs = (("基础信息管理", ""), ("业主信息", "property:owner-list"))
    sections = (
        Section(
            "业主",
            facts=(
                Column("业主编号", "number"),
                Column("用户姓名", "name"),
                MaskedColumn("联系电话", "phone"),
                MaskedColumn("备用电话", "phone2"),
                Column("用户类型", "kind"),
                Column("优抚类型", lambda o: dict(reliefs()).get(o.relief, o.relief)),
                DateColumn("优抚有效期起", "relief_from"),
                DateColumn("优抚有效期止", "relief_to"),
                Column("证件类型", "id_kind"),
                Column("证件号码", lambda o: f"****{o.id_tail}" if o.id_tail else ""),
                Column("单位名称", "org_name"),
                Column("税号", "tax_no"),
                Column("所属机构", "office.name"),
                Column("备注", "note"),
                Column("添加人", "created_by.name"),
                Column("添加时间", "created_at"),
            ),
        ),
        Section(
            "户室",
            table=RoomTable,
            rows=lambda owner: Room.objects.filter(owner=owner),
            permission="property.view_room",
        ),
        *money_sections("owner"),
    )
    actions = (
        Action("编辑", "property:owner-change", "property.request_owner_change", style="primary"),
        Action("变更记录", "property:owner-history", "property.view_owner"),
        Action("查看敏感信息", "property:owner-reveal", "property.view_sensitive", post=True),
        Action("停用", "property:owner-active", "property.delete_owner", when=lambda o: o.active),
        Action("启用", "property:owner-active", "property.delete_owner", when=lambda o: not o.active),
        Action("删除", "property:owner-delete", "property.delete_owner", style="outline-danger"),
    )


class OwnerActive(ConfirmPage):
    """停用 and 启用."""

    title, permission, model = "停用与启用", "property.delete_owner", Owner
    queryset, crumbs = Owner.objects.all(), (("基础信息管理", ""), ("业主信息", "property:owner-list"))

    def get_question(self) -> str:
        return f"{'停用' if self.object.active else '启用'}业主“{self.object}”？"

    def perform(self, form: Any) -> Owner:
        return owners.switch_owner(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("property:owner-list")


class OwnerDelete(OwnerActive):
    title, danger, success = "删除业主", True, "已删除"

    def get_question(self) -> str:
        return f"删除业主“{self.object}”？只有没有户室、合同和订单的业主可以删除。"

    def perform(self, form: Any) -> None:
        owners.delete_owner(self.object.pk, actor=self.request.user)


class OwnerReveal(Page):
    """One owner's phones and document number: one click, one audit line."""

    permission, model, title = "property.view_sensitive", Owner, "查看敏感信息"
    template = "property/revealed.html"
    crumbs = (("基础信息管理", ""), ("业主信息", "property:owner-list"))

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        return self.show(seen=owners.reveal_owner(pk, actor=request.user, address=address))

    def back_url(self) -> str:
        return reverse("property:owner-list")
