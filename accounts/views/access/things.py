"""The things that 权限查询 can be asked about: how each is found by its number, and where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from billing.models import Order
from payments.models import Payment, Receipt
from property.models import Community, Owner, Room

Words = tuple[str, ...]


@dataclass(frozen=True)
class Thing:
    """One kind: `find` narrows `rows` by what the person typed; nothing but `number` and places is ever shown of it.

    `offices` and `places` name where a row belongs. `permissions` are those that pages look this kind up with.
    """

    label: str
    key: str
    rows: Any
    find: Callable[[str], Q]
    number: Callable[[Any], str]
    offices: Callable[[Any], Words]
    places: Callable[[Any], Words]
    permissions: Words


def _own_office(row: Any) -> Words:
    return (row.office.name,)


def _room_place(row: Any) -> Words:
    return (row.community.name, row.building.name)


def _homes(owner: Owner) -> Words:
    names = owner.rooms.order_by().values_list("community__name", flat=True).distinct()
    return tuple(names[:10])


THINGS: dict[str, Thing] = {
    "room": Thing(
        "户室",
        "缴费账号",
        Room.objects.select_related("office", "community", "building"),
        lambda text: Q(account_no=text),
        lambda room: room.account_no,
        _own_office,
        _room_place,
        (
            "property.view_room",
            "property.change_room",
            "property.request_room_change",
            "billing.sign_contract",
            "payments.take_payment",
        ),
    ),
    "owner": Thing(
        "业主",
        "业主编号或姓名",
        Owner.objects.select_related("office"),
        lambda text: Q(number=text.upper()) | Q(name=text),
        lambda owner: owner.number,
        _own_office,
        _homes,
        (
            "property.view_owner",
            "property.request_owner_change",
            "property.delete_owner",
            "property.view_sensitive",
        ),
    ),
    "order": Thing(
        "订单",
        "订单号",
        Order.objects.select_related("office", "room__community", "room__building"),
        lambda text: Q(number=text.upper()),
        lambda order: order.number,
        _own_office,
        lambda order: _room_place(order.room),
        ("billing.view_order", "billing.approve_void", "billing.reprice_order"),
    ),
    "community": Thing(
        "小区",
        "小区名称",
        Community.objects.select_related("office"),
        lambda text: Q(name=text),
        lambda community: community.name,
        _own_office,
        lambda community: (community.name,),
        (
            "property.view_community",
            "property.change_community",
            "property.delete_community",
            "property.add_building",
            "property.add_room",
        ),
    ),
    "payment": Thing(
        "缴费记录",
        "回单号",
        Payment.objects.select_related("office", "site", "receipt", "room__community", "room__building"),
        lambda text: Q(receipt__number=text.upper()),
        lambda payment: payment.receipt.number,
        lambda payment: (payment.office.name, payment.site.name),
        lambda payment: _room_place(payment.room),
        ("payments.view_payment", "payments.reverse_payment"),
    ),
    "receipt": Thing(
        "回单",
        "回单号",
        Receipt.objects.select_related(
            "payment__office", "site", "payment__room__community", "payment__room__building"
        ),
        lambda text: Q(number=text.upper()),
        lambda receipt: receipt.number,
        lambda receipt: (receipt.payment.office.name, receipt.site.name),
        lambda receipt: _room_place(receipt.payment.room),
        ("payments.reprint_receipt",),
    ),
}
