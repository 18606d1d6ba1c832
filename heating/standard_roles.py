"""The standard roles of a company, one for each job: permissions and data scopes (docs/roles.md)."""

from __future__ import annotations

from accounts.models import DataScope, RoleKind
from accounts.registry import StandardRole


def _all(app: str, model: str, *deeds: str) -> tuple[str, ...]:
    return tuple(f"{app}.{deed}_{model}" for deed in deeds)


CRUD = ("view", "add", "change", "delete")
PLACES = ("community", "building", "unit")
PLACE_VIEW = tuple(f"property.view_{place}" for place in (*PLACES, "room"))
PLACE_EDIT = tuple(f"property.{deed}_{place}" for place in PLACES for deed in ("add", "change", "delete"))
OWNER_ADD = ("property.view_owner", "property.add_owner", "property.import_owner", "property.request_owner_change")
ROOM_ADD = ("property.add_room", "property.import_room")
ROOM_CHANGE = ("property.request_room_change", "property.view_changerequest")
APPROVE = ("billing.approve_contract", "property.approve_changerequest")
SIGN = ("billing.view_contract", "billing.sign_contract", "billing.terminate_contract")
MONEY_REQUESTS = ("billing.request_waiver", "payments.request_refund", "billing.request_void")
MONEY_APPROVE = ("billing.approve_waiver", "payments.approve_refund", "billing.approve_void")
STATEMENTS = ("reports.view_statement", "payments.view_payment", "payments.view_receipt")
JOBS = ("jobs.view_job",)
ALL_JOBS = (*JOBS, "jobs.view_all_job", "jobs.cancel_all_job")

SYSTEM_ADMIN = StandardRole(
    "系统管理员",
    RoleKind.MANAGEMENT,
    DataScope.ALL,
    (
        *_all("org", "office", *CRUD),
        *_all("accounts", "role", *CRUD),
        *_all("accounts", "user", *CRUD),
        "accounts.reset_password",
        "accounts.unlock_user",
        "accounts.release_user",
        "accounts.view_loginlog",
        *_all("org", "parameter", "view", "change"),
        *_all("org", "dictentry", *CRUD),
        "audit.view_record",
        "reports.check_books",
        "heating.view_system_status",
        *ALL_JOBS,
    ),
)
COMPANY_ADMIN = StandardRole(
    "热力企业管理员",
    RoleKind.MANAGEMENT,
    DataScope.COMPANY_BELOW,
    (
        *_all("org", "office", *CRUD),
        *_all("accounts", "role", *CRUD),
        *_all("accounts", "user", *CRUD),
        "accounts.reset_password",
        "accounts.unlock_user",
        "accounts.release_user",
        "accounts.view_loginlog",
        "org.view_parameter",
        "org.view_dictentry",
        "audit.view_record",
        *OWNER_ADD,
        "property.delete_owner",
        "property.view_sensitive",
        *PLACE_VIEW,
        *PLACE_EDIT,
        *ROOM_ADD,
        *ROOM_CHANGE,
        "property.change_room",
        *_all("billing", "product", *CRUD),
        "billing.reprice_order",
        *SIGN,
        *APPROVE,
        *_all("meters", "reading", "view", "add"),
        "meters.import_reading",
        "billing.view_order",
        "billing.view_season",
        "billing.carry_over",
        "billing.view_billrun",
        "billing.add_billrun",
        "billing.view_prepayment",
        "billing.view_excess",
        "billing.dun",
        "payments.reprint_receipt",
        *MONEY_REQUESTS,
        *MONEY_APPROVE,
        *STATEMENTS,
        *ALL_JOBS,
    ),
)
STATION_ADMIN = StandardRole(
    "站点管理员",
    RoleKind.MANAGEMENT,
    DataScope.OFFICE_BELOW,
    (
        *OWNER_ADD,
        *PLACE_VIEW,
        *ROOM_ADD,
        *ROOM_CHANGE,
        *SIGN,
        *APPROVE,
        *_all("meters", "reading", "view", "add"),
        "meters.import_reading",
        "billing.view_order",
        "billing.view_prepayment",
        "billing.view_excess",
        "billing.dun",
        "payments.reprint_receipt",
        *MONEY_REQUESTS,
        *MONEY_APPROVE,
        *STATEMENTS,
        *JOBS,
    ),
    {DataScope.COMPANY: ("billing.view_product",)},
)
PROPERTY_MANAGER = StandardRole(
    "物业管理员",
    RoleKind.ORDINARY,
    DataScope.JURISDICTION,
    (
        *OWNER_ADD,
        *PLACE_VIEW,
        *PLACE_EDIT,
        *ROOM_ADD,
        *ROOM_CHANGE,
        "billing.view_order",
        "billing.dun",
        *STATEMENTS,
        *JOBS,
    ),
)
CASHIER = StandardRole(
    "收费员",
    RoleKind.ORDINARY,
    DataScope.COMPANY,
    (
        "property.view_owner",
        *PLACE_VIEW,
        "billing.view_product",
        "billing.view_order",
        "billing.view_prepayment",
        "meters.view_reading",
        "payments.take_payment",
        *JOBS,
    ),
    {
        DataScope.OFFICE_BELOW: (
            "property.add_owner",
            "property.import_owner",
            "property.request_owner_change",
            *ROOM_CHANGE,
            *SIGN,
            "billing.dun",
            *MONEY_REQUESTS,
        ),
        DataScope.OWN: (
            "payments.reverse_payment",
            "payments.reprint_receipt",
            "payments.view_payment",
            "payments.view_receipt",
            "payments.close_day",
        ),
    },
)
METER_READER = StandardRole(
    "抄表员",
    RoleKind.ORDINARY,
    DataScope.JURISDICTION,
    (
        "property.view_owner",
        *PLACE_VIEW,
        *_all("meters", "reading", "view", "add"),
        "meters.import_reading",
        *JOBS,
    ),
)
APPROVER = StandardRole(
    "审批人",
    RoleKind.MANAGEMENT,
    DataScope.COMPANY_BELOW,
    (
        "property.view_owner",
        *PLACE_VIEW,
        "billing.view_product",
        "billing.view_contract",
        "billing.view_order",
        *APPROVE,
        "property.view_changerequest",
        *MONEY_APPROVE,
        "reports.view_statement",
        *JOBS,
    ),
)
FINANCE = StandardRole(
    "财务",
    RoleKind.MANAGEMENT,
    DataScope.COMPANY_BELOW,
    (
        "property.view_owner",
        *PLACE_VIEW,
        "billing.view_product",
        "billing.view_order",
        "billing.view_prepayment",
        "billing.view_excess",
        "billing.view_ledgergroup",
        "meters.view_reading",
        "payments.reprint_receipt",
        "payments.approve_refund",
        "payments.review_refund",
        "payments.execute_refund",
        "payments.confirm_handover",
        "payments.reconcile",
        "billing.approve_waiver",
        "billing.approve_void",
        "reports.check_books",
        *STATEMENTS,
        *JOBS,
    ),
)
OWNER = StandardRole(
    "业主",
    RoleKind.ORDINARY,
    DataScope.OWN,
    (
        "property.view_owner",
        "property.request_owner_change",
        "property.view_room",
        *ROOM_CHANGE,
        "meters.view_reading",
        "billing.view_order",
        "payments.view_payment",
        "payments.view_receipt",
        "payments.reprint_receipt",
        "payments.request_refund",
    ),
)

# The jobs by their code.
JOBS: dict[str, StandardRole] = {
    "SA": SYSTEM_ADMIN,
    "EA": COMPANY_ADMIN,
    "ST": STATION_ADMIN,
    "PM": PROPERTY_MANAGER,
    "CA": CASHIER,
    "MR": METER_READER,
    "AP": APPROVER,
    "FI": FINANCE,
    "OW": OWNER,
}
