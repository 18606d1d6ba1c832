"""Natural order: 2号楼 before 10号楼, 三号楼 between them. No ICU collation exists in the embedded PostgreSQL."""

import re
import unicodedata

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMBER = re.compile(r"\d+|[零〇一二两三四五六七八九十百千]+")
# Chinese numerals are read as a number only before these words; 三里屯 stays a name.
COUNTERS = "号栋幢座楼单元层室区期门组排"


def chinese_number(text: str) -> int:
    """Read a Chinese numeral below 10,000: 十二 → 12, 二〇一 → 201."""
    if not any(c in UNITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in UNITS:
            total += (digit or 1) * UNITS[c]
            digit = 0
        else:
            digit = DIGITS[c]
    return total + digit


def natural_key(text: str) -> str:
    """Return a key that sorts byte by byte in natural order; numbers are padded to eight digits."""
    folded = unicodedata.normalize("NFKC", text).strip().casefold()

    def padded(match: re.Match[str]) -> str:
        run = match.group()
        if run.isascii():
            return run.lstrip("0").rjust(8, "0")
        after = folded[match.end() : match.end() + 1]
        return str(chinese_number(run)).rjust(8, "0") if after and after in COUNTERS else run

    return NUMBER.sub(padded, folded)
