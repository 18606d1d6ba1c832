"""The states of an uploaded file and the lawful steps between them."""

from django.db import models

from heating.kit.flow import Flow, Step


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", "已上传"
    CHECKED = "checked", "已校验"
    COMMITTING = "committing", "导入中"
    COMMITTED = "committed", "已导入"
    FAILED = "failed", "失败"
    UNDONE = "undone", "已撤销"


batch_flow = Flow(
    BatchState,
    Step("check", (BatchState.UPLOADED, BatchState.CHECKED, BatchState.FAILED), BatchState.CHECKED),
    Step("commit", (BatchState.CHECKED, BatchState.FAILED), BatchState.COMMITTING),
    Step("finish", (BatchState.COMMITTING,), BatchState.COMMITTED),
    Step("fail", (BatchState.UPLOADED, BatchState.CHECKED, BatchState.COMMITTING), BatchState.FAILED),
    Step("undo", (BatchState.COMMITTED,), BatchState.UNDONE),
)
