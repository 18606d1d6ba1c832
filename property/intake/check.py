"""Reading and checking a 业主导入 file for a company."""

from __future__ import annotations

from pathlib import Path

from heating.kit.intake import Result, Template, read_sheet
from heating.kit.intake.importing import Destination
from heating.kit.workbook import read_table
from property.intake.known import StoredOwners
from property.intake.owners import check_owners
from property.intake.template import owner_template
from property.intake.words import relief_words


def template_for(to: Destination) -> Template:
    """Return the template with the relief types in use."""
    words, _ = relief_words()
    return owner_template(reliefs=words)


def check_owner_file(path: Path, to: Destination) -> Result:
    """Check a file and write nothing; `WorkbookRefusal` when it cannot be taken at all."""
    words, codes = relief_words()
    template = owner_template(reliefs=words)
    table = read_table(path, names=template.names, required=template.required)
    labels = {code: label for label, code in codes.items()}
    return check_owners(read_sheet(template, table), StoredOwners(to.company_id, labels))
