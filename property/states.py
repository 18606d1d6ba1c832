"""Words and state machines of owners, rooms and change requests."""

from django.db import models

from heating.kit.flow import Flow, Transition


class OwnerKind(models.TextChoices):
    PRIVATE = "private", "私户"
    PUBLIC = "public", "公户"


class Relief(models.TextChoices):
    """The built-in relief types; a company may add more in the dictionary `relief` (domain.md A29)."""

    NONE = "normal", "普通"
    LOW_INCOME = "low_income", "低保户"
    SPECIAL = "special", "特审户"


class HeatState(models.TextChoices):
    NORMAL = "normal", "正常"
    VACANT = "vacant", "空置"
    PARTIAL = "partial", "部分供热"
    DISMANTLED = "dismantled", "拆网"
    DISABLED = "disabled", "停用"


class HeatSystem(models.TextChoices):
    PER_ROOM = "per_room", "分户"
    SERIAL = "serial", "串联"


class ChangeKind(models.TextChoices):
    OWNER = "owner", "业主变更"
    AREA = "area", "面积变更"
    HEIGHT = "height", "层高变更"
    ACCOUNT = "account", "缴费账号变更"
    TRANSFER = "transfer", "过户"
    ROOM = "room", "户室信息变更"


class ChangeState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审批"
    APPROVED = "approved", "通过"
    REJECTED = "rejected", "驳回"
    WITHDRAWN = "withdrawn", "撤回"


change_flow = Flow(
    ChangeState,
    Transition("submit", (ChangeState.DRAFT, ChangeState.REJECTED, ChangeState.WITHDRAWN), ChangeState.PENDING),
    Transition("edit", (ChangeState.PENDING,), ChangeState.PENDING),
    Transition("approve", (ChangeState.PENDING,), ChangeState.APPROVED),
    Transition("reject", (ChangeState.PENDING,), ChangeState.REJECTED),
    Transition("withdraw", (ChangeState.PENDING, ChangeState.DRAFT, ChangeState.REJECTED), ChangeState.WITHDRAWN),
)

# Colours of the badges, by Tabler's names.
CHANGE_COLOURS = {"pending": "orange", "approved": "green", "rejected": "red", "withdrawn": "secondary"}
