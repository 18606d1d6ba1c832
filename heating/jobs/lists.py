"""后台任务: the list."""

from django_filters import ChoiceFilter, FilterSet

from heating.jobs.models import Job, JobQuerySet
from heating.jobs.states import JobState
from heating.kit.pages import ListPage
from heating.kit.tables import BadgeColumn, Column, Table

COLOURS = {"queued": "secondary", "running": "blue", "done": "green", "failed": "red", "cancelled": "yellow"}


class JobFilter(FilterSet):
    state = ChoiceFilter(label="状态", choices=JobState.choices, empty_label="全部")

    class Meta:
        model = Job
        fields = ("state",)


class JobTable(Table):
    title = Column("任务", link="jobs:job-detail")
    state = BadgeColumn("状态", colours=COLOURS)
    step = Column("当前步骤", sort=False)
    created_by = Column("发起人", "created_by.name", sort=False)
    created_at = Column("发起时间")
    finished_at = Column("结束时间")
    error = Column("失败原因", sort=False)


class JobList(ListPage):
    """The person's own jobs, and those of others for holders of jobs.view_all_job in their scope."""

    title = "后台任务"
    model = Job
    queryset = Job.objects.select_related("created_by")
    filterset = JobFilter
    table = JobTable
    empty = "还没有后台任务；导入、开单、导出等较长的工作会出现在这里"

    def get_queryset(self) -> JobQuerySet:
        return self.queryset.for_person(self.request.user)
