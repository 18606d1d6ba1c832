"""Long work of billing."""

from datetime import time
from typing import Any

from django.utils import timezone

from billing.intake.check import check_room_file, template_for
from billing.intake.commit import commit_rooms, rooms_stand, undo_room_batch
from billing.services.roll import roll_orders
from heating.jobs.importers import register_importer
from heating.jobs.kinds import job_kind
from heating.jobs.run import Run
from heating.kit.intake.importing import Importer


@job_kind("billing.roll", title="订单计价到当日", daily_at=time(0, 1), atomic=False)
def roll(run: Run) -> dict[str, Any]:
    """Write down what the new day changes on open orders; steps commit by themselves, so it starts again anywhere."""
    return {"orders": roll_orders(timezone.localdate())}


register_importer(
    Importer(
        kind="rooms",
        title="户室导入",
        permission="property.import_room",
        template=template_for,
        check=check_room_file,
        load=commit_rooms,
        undo=undo_room_batch,
        stands=rooms_stand,
    )
)
