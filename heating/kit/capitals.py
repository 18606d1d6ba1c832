"""人民币大写: amounts as they are written on receipts (支付结算办法, annex)."""

from decimal import Decimal

from heating.kit.money import fen

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def _group(number: int) -> str:
    """Write 1–9999; one 零 stands for an inner run of zeros."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return text


def _yuan(number: int) -> str:
    groups = []
    while number:
        groups.append(number % 10000)
        number //= 10000
    text = ""
    for index in reversed(range(len(groups))):
        part = groups[index]
        if part:
            # 零 joins two groups when the lower one starts with zeros or a whole group between them is empty.
            text += ("零" if text and (part < 1000 or groups[index + 1] == 0) else "") + _group(part) + GROUPS[index]
    return text


def capitals(amount: Decimal) -> str:
    """Write an amount in 元 in capitals: 1409.50 → 人民币壹仟肆佰零玖元伍角. A negative amount reads 负."""
    total = int(fen(abs(amount)) * 100)
    yuan, jiao, cents = total // 100, total // 10 % 10, total % 10
    text = _yuan(yuan) + "元" if yuan else ""
    if not jiao and not cents:
        text = (text or "零元") + "整"
    else:
        # Between 元 and 角/分 a 零 stands when the last digit of 元 is 0 or 角 is 0.
        if text and (yuan % 10 == 0 or jiao == 0):
            text += "零"
        text += DIGITS[jiao] + "角" if jiao else ""
        text += DIGITS[cents] + "分" if cents else ""
    return "人民币" + ("负" if amount < 0 else "") + text
