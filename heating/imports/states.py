"""The states of an uploaded file and the lawful steps between them."""

from django.db import models

from heating.kit.flow import Flow, Transition


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", "已上传"
    CHECKED = "checked", "已校验"
    COMMITTING = "committing", "导入中"
    COMMITTED = "committed", "已导入"
    FAILED = "failed", "失败"
    UNDONE = "undone", "已撤销"


batch_flow = Flow(
    BatchState,
    Transition("check", (BatchState.UPLOADED, BatchState.CHECKED, BatchState.FAILED), BatchState.CHECKED),
    Transition("commit", (BatchState.CHECKED, BatchState.FAILED), BatchState.COMMITTING),
    Transition("finish", (BatchState.COMMITTING,), BatchState.COMMITTED),
    Transition("fail", (BatchState.UPLOADED, BatchState.CHECKED, BatchState.COMMITTING), BatchState.FAILED),
    Transition("undo", (BatchState.COMMITTED,), BatchState.UNDONE),
)
