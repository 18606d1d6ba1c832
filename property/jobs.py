"""Imports of people."""

from heating.jobs.importers import register_importer
from heating.kit.intake.importing import Importer
from property.intake.check import check_owner_file, template_for
from property.intake.commit import commit_owners, owners_stand, undo_owner_batch

register_importer(
    Importer(
        kind="owners",
        title="业主导入",
        permission="property.import_owner",
        template=template_for,
        check=check_owner_file,
        load=commit_owners,
        undo=undo_owner_batch,
        stands=owners_stand,
    )
)
