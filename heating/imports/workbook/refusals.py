"""Why a whole file is refused: stable codes for programs, sentences for people."""

from __future__ import annotations

from heating.kit.errors import Refusal

MEGABYTE = 1024 * 1024
MAX_UPLOAD = 20 * MEGABYTE
MAX_UNPACKED = 400 * MEGABYTE
MAX_RATIO = 100
# Small files may be packed tightly: below this size the ratio does not matter.
RATIO_MATTERS = 20 * MEGABYTE
MAX_PARTS = 2_000
MAX_ROWS = 200_000
# Blank rows between the data rows do not count against MAX_ROWS, so the grid may be longer.
MAX_GRID_ROWS = 400_000
MAX_COLUMNS = 64
HEADER_ROWS = 20

SENTENCES = {
    "not_a_workbook": "这不是 Excel 工作簿，请上传 .xlsx 或 .xls 文件",
    "unsupported_format": "不支持这种文件格式，请用 Excel 或 WPS 另存为 .xlsx（不含宏）后上传",
    "encrypted_file": "文件设有密码，请取消密码后上传",
    "corrupt_file": "文件已损坏或不完整，无法读取，请重新保存后上传",
    "file_too_large": "文件超过 20 MB，请拆分后上传",
    "unpacked_too_large": "文件解压后过大，请删去多余的内容后上传",
    "sheet_too_large": "工作表过大（有内容的单元格超出 64 列或 40 万行，或内容过多），请删去多余的行列后上传",
    "doctype_forbidden": "文件中含有不允许的 XML 声明，请用 Excel 或 WPS 重新保存后上传",
    "too_many_rows": "数据超过 200,000 行，请拆分后上传",
    "missing_required_column": "没有找到表头，或表头缺少必填的列",
    "duplicate_column": "表头中有重复的列",
    "multiple_sheets": "有多个工作表符合模板，请只保留一个",
}


class WorkbookRefusal(Refusal):
    """The file cannot be taken at all; `code` is for programs, `sentence` for the person who sent it.

    An importer with a code of its own gives the sentence too.
    """

    def __init__(self, code: str, detail: str = "", *, sentence: str = "") -> None:
        super().__init__((sentence or SENTENCES[code]) + (f"：{detail}" if detail else ""))
        self.code, self.detail = code, detail
