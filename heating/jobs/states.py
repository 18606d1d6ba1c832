"""The states of a job and of an uploaded file, and the lawful steps between them."""

from django.db import models

from heating.kit.flow import Flow, Step


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "执行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


LIVE = (JobState.QUEUED, JobState.RUNNING)

job_flow = Flow(
    JobState,
    Step("start", (JobState.QUEUED,), JobState.RUNNING),
    # A worker that stops, or the one that finds a dead worker's job, puts it back into the queue.
    Step("release", (JobState.RUNNING,), JobState.QUEUED),
    Step("finish", (JobState.RUNNING,), JobState.DONE),
    Step("fail", (JobState.QUEUED, JobState.RUNNING), JobState.FAILED),
    Step("cancel", LIVE, JobState.CANCELLED),
    Step("retry", (JobState.FAILED, JobState.CANCELLED), JobState.QUEUED),
)


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
