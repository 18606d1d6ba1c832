"""Words and state machines of seasons, products, contracts and orders."""

from typing import NamedTuple

from django.db import models

from heating.kit.flow import Flow, Transition


class SeasonState(models.TextChoices):
    PREPARING = "preparing", "筹备"
    COLLECTING = "collecting", "收费中"
    HEATING = "heating", "供热中"
    ENDED = "ended", "已结束"
    ARCHIVED = "archived", "已归档"


season_flow = Flow(
    SeasonState,
    Transition("open", (SeasonState.PREPARING,), SeasonState.COLLECTING),
    Transition("heat", (SeasonState.COLLECTING,), SeasonState.HEATING),
    Transition("end", (SeasonState.HEATING,), SeasonState.ENDED),
    Transition("archive", (SeasonState.ENDED,), SeasonState.ARCHIVED),
)


class ProductKind(models.TextChoices):
    RESIDENT = "resident", "居民"
    BUSINESS = "business", "非居民"


class VersionState(models.TextChoices):
    DRAFT = "draft", "草稿"
    EFFECTIVE = "effective", "生效"
    RETIRED = "retired", "停用"


class ChargeMethod(models.TextChoices):
    BY_AREA = "by_area", "按面积"
    TWO_PART = "two_part", "两部制"


class PricePeriod(models.TextChoices):
    SEASON = "season", "按季"
    MONTH = "month", "按月"
    DAY = "day", "按日"


class AreaBasis(models.TextChoices):
    FLOOR = "floor", "建筑面积"
    INNER = "inner", "户室面积"


class OverRule(models.TextChoices):
    NONE = "none", "无"
    STEP = "step", "按步长"
    RATIO = "ratio", "按比例"


class Method(models.TextChoices):
    """How a special line or discount is computed."""

    FIXED = "fixed", "定额"
    PERCENT = "percent", "百分比"


class LateMethod(models.TextChoices):
    FIXED = "fixed", "定额"
    PERCENT = "percent", "百分比"
    DAILY = "daily", "按日"


class LateBase(models.TextChoices):
    UNPAID = "unpaid", "未缴部分"
    FULL = "full", "全额"


class PartMonth(models.TextChoices):
    COUNT = "count", "按一月"
    DROP = "drop", "舍去"


class Lapse(models.TextChoices):
    """What becomes of a special price after its own window."""

    STANDARD = "standard", "恢复标准"
    KEEP = "keep", "保留标准"


class Line(models.TextChoices):
    """The fee line that an order is charged by; ties go to the first."""

    STANDARD = "standard", "标准"
    VACANCY = "vacancy", "空房"
    RELIEF = "relief", "优抚"


class FeeKind(models.TextChoices):
    HEAT = "heat", "热力费"
    ARREARS = "arrears", "往年欠费"
    SUPPLEMENT = "supplement", "补差"


class ContractState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审批"
    APPROVED = "approved", "通过"
    REJECTED = "rejected", "驳回"
    TERMINATED = "terminated", "终止"


contract_flow = Flow(
    ContractState,
    Transition("submit", (ContractState.DRAFT, ContractState.REJECTED), ContractState.PENDING),
    Transition("approve", (ContractState.PENDING,), ContractState.APPROVED),
    Transition("reject", (ContractState.PENDING,), ContractState.REJECTED),
    Transition("withdraw", (ContractState.PENDING,), ContractState.DRAFT),
    Transition("terminate", (ContractState.APPROVED,), ContractState.TERMINATED),
)


class ContractSource(models.TextChoices):
    PAGE = "page", "签约"
    IMPORT = "import", "导入"
    CARRY_OVER = "carry_over", "结转"
    TRANSFER = "transfer", "过户"


class OrderState(models.TextChoices):
    UNPAID = "unpaid", "待缴"
    PARTIAL = "partial", "部分缴费"
    PAID = "paid", "已缴"
    REFUNDED = "refunded", "已退费"
    VOID = "void", "作废"


DEAD = (OrderState.REFUNDED, OrderState.VOID)

order_flow = Flow(
    OrderState,
    Transition("pay_part", (OrderState.UNPAID, OrderState.PARTIAL), OrderState.PARTIAL),
    Transition("settle", (OrderState.UNPAID, OrderState.PARTIAL), OrderState.PAID),
    Transition("reopen", (OrderState.PARTIAL, OrderState.PAID), OrderState.UNPAID),
    Transition("reopen_part", (OrderState.PARTIAL, OrderState.PAID), OrderState.PARTIAL),
    Transition("refund", (OrderState.PAID, OrderState.PARTIAL), OrderState.REFUNDED),
    Transition("void", (OrderState.UNPAID,), OrderState.VOID),
)


class Direction(models.TextChoices):
    """Amounts are never negative; this column says which way they went."""

    IN = "in", "收入"
    OUT = "out", "退回"


class AllocationKind(models.TextChoices):
    PRINCIPAL = "principal", "本金"
    LATE_FEE = "late_fee", "滞纳金"


class Account(models.TextChoices):
    """Ledger accounts. Clearing of channel X is "clearing:X", written by payments."""

    RECEIVABLE = "receivable", "应收热力费"
    HEAT_INCOME = "heat_income", "热力费"
    LATE_INCOME = "late_income", "滞纳金收入"
    CASH = "cash", "现金"
    PREPAYMENT = "prepayment", "预存款"
    EXCESS = "excess", "挂账"
    OLD_ARREARS = "old_arrears", "往年欠费转入"
    ADJUSTMENT = "adjustment", "调整"


class Side(models.TextChoices):
    DEBIT = "debit", "借"
    CREDIT = "credit", "贷"


class Posting(NamedTuple):
    """The two accounts of an event that moves one amount."""

    debit: str
    credit: str

    @property
    def back(self) -> "Posting":
        return Posting(self.credit, self.debit)


# What is owed for heat. Old debts came in without being income of ours; taken back they leave the same way.
CHARGED = Posting(Account.RECEIVABLE, Account.HEAT_INCOME)
OLD_DEBT = Posting(Account.RECEIVABLE, Account.OLD_ARREARS)
# Paid beyond what the order asks for any more, and 预存款 that waits for its refund.
OVERPAID = Posting(Account.RECEIVABLE, Account.PREPAYMENT)
OWED_BACK = Posting(Account.PREPAYMENT, Account.EXCESS)


def charge_posting(fee_kind: str) -> Posting:
    """Return how the principal of an order of this 费用类别 is posted."""
    return OLD_DEBT if fee_kind == FeeKind.ARREARS else CHARGED


# Colours of the badges, by Tabler's names.
CONTRACT_COLOURS = {"approved": "green", "pending": "orange", "rejected": "red", "terminated": "secondary"}
ORDER_COLOURS = {"unpaid": "orange", "partial": "yellow", "paid": "green", "refunded": "secondary", "void": "secondary"}
