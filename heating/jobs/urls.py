"""Addresses of 后台任务."""

from django.urls import path

from heating.jobs import lists, views

app_name = "jobs"

urlpatterns = [
    path("", lists.JobList.as_view(), name="job-list"),
    path("<int:pk>", views.JobDetail.as_view(), name="job-detail"),
    path("<int:pk>/progress", views.JobProgress.as_view(), name="job-progress"),
    path("<int:pk>/cancel", views.JobCancel.as_view(), name="job-cancel"),
    path("<int:pk>/retry", views.JobRetry.as_view(), name="job-retry"),
    path("<int:pk>/seen", views.JobSeen.as_view(), name="job-seen"),
    path("<int:pk>/result", views.JobFile.as_view(field="result_file"), name="job-result"),
    path("<int:pk>/errors", views.JobFile.as_view(field="error_file"), name="job-errors"),
]
