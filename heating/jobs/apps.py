from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "heating.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        # The apps stand further right and must not be imported from here; each declares its kinds in its own jobs.py.
        autodiscover_modules("jobs")
