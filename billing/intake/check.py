"""Reading and checking a 户室导入 file for a company."""

from __future__ import annotations

from pathlib import Path

from billing.intake.known import Stored, first_year, product_words
from billing.intake.rooms import check_rooms
from billing.intake.template import room_template
from billing.models import Season
from heating.kit.intake import Result, Template, read_sheet
from heating.kit.intake.importing import Destination
from heating.kit.workbook import read_table
from org.parameters import parameter
from property.intake.words import relief_words


def template_for(to: Destination) -> Template:
    """Return the template with the company's relief types, products, account length and current season."""
    season = Season.objects.current(to.company_id)
    words, _ = relief_words()
    return room_template(
        reliefs=words,
        products=product_words(season),
        fixed=int(str(parameter(to.company_id, "缴费账号固定长度"))),
        current=first_year(season, to.on),
    )


def check_room_file(path: Path, to: Destination) -> Result:
    """Check a file and write nothing; `WorkbookRefusal` when it cannot be taken at all."""
    template = template_for(to)
    table = read_table(path, names=template.names, required=template.required)
    _, codes = relief_words()
    known = Stored(
        to.company_id,
        to.office_id,
        Season.objects.current(to.company_id),
        actor=to.actor,
        reliefs={code: label for label, code in codes.items()},
    )
    return check_rooms(read_sheet(template, table), known)
