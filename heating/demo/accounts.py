"""The demo accounts: one for each job, ready to sign in."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "Demo-2025"  # noqa: S105 cannot sign in outside demo mode  # nosec


@dataclass(frozen=True)
class DemoAccount:
    """A login name, the person's name, the job's code in `heating.standard_roles`, and the office."""

    username: str
    name: str
    job: str
    office: str
    word: str


DEMO_ACCOUNTS = (
    DemoAccount("admin", "系统管理员", "SA", "总公司", "系统管理员"),
    DemoAccount("company", "企业管理员", "EA", "总公司", "热力企业管理员"),
    DemoAccount("station", "东城站长", "ST", "东城收费站", "站点管理员"),
    DemoAccount("property", "物业管理员", "PM", "东城收费站", "物业管理员（辖区：演示阳光小区）"),
    DemoAccount("cashier", "东城收费员", "CA", "东城收费站", "收费员"),
    DemoAccount("reader", "抄表员", "MR", "东城收费站", "抄表员（辖区：演示阳光小区）"),
    DemoAccount("approver", "审批人", "AP", "客服部", "审批人"),
    DemoAccount("finance", "财务", "FI", "财务部", "财务"),
    DemoAccount("owner", "业主", "OW", "总公司", "业主"),
    DemoAccount("cashier2", "西城收费员", "CA", "西城收费站", "收费员（西城）"),
)
NEIGHBOUR_ACCOUNTS = (
    DemoAccount("company2", "邻市企业管理员", "EA", "总公司", "另一家公司的热力企业管理员"),
    DemoAccount("cashier3", "邻市收费员", "CA", "邻市收费站", "另一家公司的收费员"),
)
