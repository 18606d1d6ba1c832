"""What the stable codes of reading cells say on screen; an importer brings the sentences of its own codes."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES = {
    "required_missing": "{field}不能为空",
    "merged_not_allowed": "{field}不能使用合并单元格，请取消合并后逐行填写",
    "cell_error": "{field}是错误值（如 #N/A），请改正",
    "formula_no_value": "{field}是没有计算结果的公式，请在 Excel 中打开并保存，或粘贴为数值",
    "unexpected_date": "{field}变成了日期，请改为文本后重新填写",
    "text_too_long": "{field}过长",
    "area_invalid": "{field}不是数字",
    "area_not_positive": "{field}须大于 0",
    "area_too_large": "{field}不能超过 100,000.00 ㎡",
    "area_rounded": "{field}超过两位小数，已四舍五入",
    "height_invalid": "{field}不是数字",
    "height_out_of_range": "{field}须在 2.00–30.00 米之间",
    "height_rounded": "{field}超过两位小数，已四舍五入",
    "phone_invalid": "{field}不是有效的手机号码或带区号的固定电话",
    "phone_precision_lost": "{field}的部分数字已丢失（科学计数法），请按文本重新填写",
    "phone_second_number": "{field}有两个号码，第二个存为备用电话",
    "amount_invalid": "{field}不是金额，或超过两位小数",
    "amount_out_of_range": "{field}须在 0.00–99,999,999.99 元之间",
    "date_invalid": "{field}不是有效日期，请按 2025-09-01 的形式填写",
    "id_invalid": "{field}不是有效的证件号码",
    "id_precision_lost": "{field}的部分数字已丢失，请按文本重新填写",
    "id_checksum": "{field}的校验位不符，请核对",
}


def sentence(code: str, field: str, candidate: str = "", own: Mapping[str, str] | None = None) -> str:
    """Return the sentence of a code; a code without one is shown as it is."""
    text = (own or {}).get(code) or SENTENCES.get(code, code)
    return text.format(field=field, candidate=candidate)
