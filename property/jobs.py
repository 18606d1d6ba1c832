"""Imports of people, and the tidying of attachments."""

from datetime import time
from typing import Any

from django.utils import timezone

from heating.jobs.context import JobContext
from heating.jobs.importers import register_importer
from heating.jobs.kinds import job_kind
from heating.kit.intake.importing import Importer
from property.intake.check import check_owner_file, template_for
from property.intake.commit import commit_owners, owners_stand, undo_owner_batch
from property.intake.user_commit import commit_users, undo_user_batch, user_template, users_stand
from property.intake.users import check_user_file
from property.services.attachments import sweep_attachments


@job_kind("property.sweep", title="清理无主附件", daily_at=time(3, 50), quick=True)
def sweep(context: JobContext) -> dict[str, Any]:
    """Delete the files that a killed upload left without a row."""
    return {"deleted": sweep_attachments(timezone.now())}


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
register_importer(
    Importer(
        kind="users",
        title="用户导入",
        permission="accounts.add_user",
        template=user_template,
        check=check_user_file,
        load=commit_users,
        undo=undo_user_batch,
        stands=users_stand,
    )
)
