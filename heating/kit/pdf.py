"""PDF with the embedded Noto Sans SC. Every value goes through `paragraph`, which prints it as plain text.

reportlab's `Paragraph` parses markup: an owner named `张三<b>` or `<img src=…>` must come out as those very letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, HRFlowable, Paragraph, SimpleDocTemplate

REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
FILES = {REGULAR: "NotoSansSC_400Regular.ttf", BOLD: "NotoSansSC_700Bold.ttf"}
ALIGN = {"left": TA_LEFT, "right": TA_RIGHT, "center": TA_CENTER}
GREY = "#555555"


@dataclass(frozen=True)
class Sheet:
    """A paper in points: width, height and one margin on all sides."""

    width: float
    height: float
    margin: float

    @property
    def inner_width(self) -> float:
        return self.width - 2 * self.margin


@cache
def register_fonts() -> None:
    """Make the two fonts known to reportlab, once per process."""
    folder = settings.BASE_DIR / "static" / "vendor" / "fonts"
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, folder / file))


@cache
def _style(size: float, bold: bool, align: str, grey: bool) -> ParagraphStyle:
    register_fonts()
    return ParagraphStyle(
        f"{size}-{bold}-{align}-{grey}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.35,
        alignment=ALIGN[align],
        textColor=GREY if grey else "black",
        wordWrap="CJK",
    )


def paragraph(text: str, *, size: float = 9, bold: bool = False, align: str = "left", grey: bool = False) -> Paragraph:
    """Return `text` as a wrapped paragraph; markup and control characters in it have no effect."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return Paragraph(escape(plain), _style(size, bold, align, grey))


def rule(width: float) -> Flowable:
    """Return a thin line across the paper."""
    return HRFlowable(width=width, thickness=0.5, color="black", spaceBefore=2, spaceAfter=2)


def render(story: Sequence[Flowable], *, sheet: Sheet, title: str) -> bytes:
    """Lay the story out on as many pages of `sheet` as it needs."""
    return _build(story, (sheet.width, sheet.height), sheet.margin, title)


def render_roll(story: Sequence[Flowable], *, width: float, margin: float, title: str) -> bytes:
    """Lay the story out on one page of a paper roll, as long as the story is."""
    inner = width - 2 * margin
    height = sum(f.wrap(inner, 10**6)[1] + f.getSpaceBefore() + f.getSpaceAfter() for f in story)
    return _build(story, (width, height + 2 * margin + 24), margin, title)


def _build(story: Sequence[Flowable], size: tuple[float, float], margin: float, title: str) -> bytes:
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=size,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=title,
        author=settings.PRODUCT_NAME,
        allowSplitting=1,
    )
    for frame_padding in ("_leftPadding", "_rightPadding", "_topPadding", "_bottomPadding"):
        setattr(document, frame_padding, 0)
    document.build(list(story))
    return out.getvalue()
