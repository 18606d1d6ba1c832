"""Words and the state machine of a payment."""

from django.db import models

from heating.kit.flow import Flow, Transition


class PaymentState(models.TextChoices):
    CREATED = "created", "待支付"
    PENDING = "pending", "支付中"
    USER_PAYING = "user_paying", "等待顾客确认"
    UNKNOWN = "unknown", "结果未知"
    SUCCEEDED = "succeeded", "成功"
    FAILED = "failed", "失败"
    CLOSED = "closed", "已关闭"
    REVERSED = "reversed", "已冲正"


S = PaymentState
OPEN = (S.CREATED, S.PENDING, S.USER_PAYING, S.UNKNOWN)

payment_flow = Flow(
    PaymentState,
    Transition("send", (S.CREATED,), S.PENDING),
    Transition("wait", (S.PENDING, S.UNKNOWN), S.USER_PAYING),
    Transition("lose_sight", (S.PENDING, S.USER_PAYING), S.UNKNOWN),
    # Money that arrives late is always recorded, so failed and closed may still succeed.
    Transition("succeed", (*OPEN, S.FAILED, S.CLOSED), S.SUCCEEDED),
    Transition("fail", (S.PENDING, S.USER_PAYING, S.UNKNOWN), S.FAILED),
    Transition("close", OPEN, S.CLOSED),
    Transition("reverse", (S.SUCCEEDED,), S.REVERSED),
)


class ReceiptState(models.TextChoices):
    VALID = "valid", "有效"
    VOID = "void", "作废"


class ChannelCode(models.TextChoices):
    """缴费方式 that are known from the start; what a new channel is called stands in its own file."""

    CASH = "cash", "现金"
    WECHAT = "wechat", "微信"
    ALIPAY = "alipay", "支付宝"
    POS = "pos", "POS"
    TRANSFER = "transfer", "银行转账"
    COLLECTION = "collection", "银行代收"
    PREPAID = "prepaid", "预存款"


# What every channel is called; a channel that is switched on adds its own label.
CHANNEL_LABELS: dict[str, str] = dict(ChannelCode.choices)

# Colours of the badges, by Tabler's names.
PAYMENT_COLOURS = {"succeeded": "green", "reversed": "red", "failed": "red", "closed": "secondary", "unknown": "orange"}
