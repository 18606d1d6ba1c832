"""The states of a job and the lawful steps between them."""

from django.db import models

from heating.kit.flow import Flow, Transition


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "执行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


LIVE = (JobState.QUEUED, JobState.RUNNING)

job_flow = Flow(
    JobState,
    Transition("start", (JobState.QUEUED,), JobState.RUNNING),
    # A worker that stops, or the one that finds a dead worker's job, puts it back into the queue.
    Transition("release", (JobState.RUNNING,), JobState.QUEUED),
    Transition("finish", (JobState.RUNNING,), JobState.DONE),
    Transition("fail", (JobState.QUEUED, JobState.RUNNING), JobState.FAILED),
    Transition("cancel", LIVE, JobState.CANCELLED),
    Transition("retry", (JobState.FAILED, JobState.CANCELLED), JobState.QUEUED),
)
