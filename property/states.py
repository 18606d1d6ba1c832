"""Words of owners and rooms."""

from django.db import models


class OwnerKind(models.TextChoices):
    PRIVATE = "private", "私户"
    PUBLIC = "public", "公户"


class Relief(models.TextChoices):
    """The built-in relief types; a company may add more in the dictionary `relief`."""

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
