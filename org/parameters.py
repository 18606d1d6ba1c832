"""The keys a company may set, with type, range, default and meaning."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from heating.kit.errors import Refusal
from org.models import Parameter

AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10) or not low <= int(text) <= high:
            raise Refusal(f"请填写 {low} 到 {high} 之间的整数")
        return int(text)

    return read


@dataclass(frozen=True)
class Choice:
    """A reader that takes one of its words."""

    words: tuple[str, ...]

    def __call__(self, text: str) -> str:
        if text not in self.words:
            raise Refusal("请选择：" + " / ".join(self.words))
        return text


def choice(*words: str) -> Choice:
    """Return a reader that takes one of `words`."""
    return Choice(words)


def line(length: int) -> Callable[[str], str]:
    """Return a reader of one line of text of at most `length` characters."""

    def read(text: str) -> str:
        if len(text) > length or not text.isprintable():
            raise Refusal(f"最多 {length} 个字，不能有换行")
        return text

    return read


@dataclass(frozen=True)
class Key:
    """One parameter: how its text is read, what counts without a row, what it means."""

    read: Callable[[str], int | str]
    default: str
    group: str
    meaning: str
    form: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words to choose from; none when the text is free."""
        return self.read.words if isinstance(self.read, Choice) else ()


KEYS: dict[str, Key] = {
    "滞纳金最小间隔天数": Key(whole(1, 365), "1", "产品", "滞纳金生效日期须在缴费终止日期后至少 N 天", "1–365 的整数"),
    "缴费账号固定长度": Key(whole(0, 20), "10", "导入", "数字账号短于此长度时提醒；0 为不检查", "0–20 的整数"),
    "冲抵顺序": Key(
        choice("本金优先", "滞纳金优先"),
        "本金优先",
        "收费",
        "同一订单内先冲本金还是先冲滞纳金",
        "本金优先 / 滞纳金优先",
    ),
    "优抚变更须附件": Key(choice("是", "否"), "否", "变更", "优抚类型的变更申请须上传证明材料", "是 / 否"),
    "密码最短长度": Key(whole(8, 32), "8", "登录", "新密码的最短长度", "8–32 的整数"),
    "密码字符种类": Key(whole(1, 4), "2", "登录", "新密码至少包含大写字母、小写字母、数字、符号中的几种", "1–4 的整数"),
    "密码有效天数": Key(whole(0, 365), "0", "登录", "密码多少天后必须更换；0 为不限", "0–365 的整数"),
    "强制动态口令登录": Key(
        choice("关闭", "管理员", "管理员、审批人和财务"),
        "关闭",
        "登录",
        "哪些用户必须先设置动态口令登录，才能使用系统",
        "关闭 / 管理员 / 管理员、审批人和财务",
    ),
    "回单收费单位": Key(line(60), "", "回单", "回单抬头的单位名称；空为公司名称", "最多 60 字"),
    "回单客服电话": Key(line(40), "", "回单", "回单上的客服电话", "最多 40 字"),
    "回单备注": Key(line(100), "本回单不作发票使用", "回单", "回单底部的一行说明", "最多 100 字"),
    "回单纸张": Key(choice("80mm", "A5", "241mm"), "A5", "回单", "默认的回单纸张", "80mm / A5 / 241mm"),
}


def stored_text(company_id: int | None, key: str) -> str:
    """Return the text of `key` for a company: what it set, else the default; the default without a company."""
    if company_id is None:
        return KEYS[key].default
    stored = Parameter.objects.filter(company_id=company_id, key=key).values_list("value", flat=True).first()
    return KEYS[key].default if stored is None else stored


def number_parameter(company_id: int | None, key: str) -> int:
    """Return the value of a key that is a whole number."""
    value = KEYS[key].read(stored_text(company_id, key))
    assert isinstance(value, int), key
    return value


def text_parameter(company_id: int | None, key: str) -> str:
    """Return the value of a key that is a line of text or one of its words."""
    value = KEYS[key].read(stored_text(company_id, key))
    assert isinstance(value, str), key
    return value
