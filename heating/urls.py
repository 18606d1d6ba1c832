"""The roof: every app's pages under /a/, the back office under /admin/."""

from django.contrib import admin
from django.urls import include, path

handler400 = "heating.problems.bad_request"
handler403 = "heating.problems.forbidden"
handler404 = "heating.problems.not_found"
handler500 = "heating.problems.server_error"

urlpatterns = [
    path("a/", include("reports.urls")),
    path("a/jobs/", include("heating.jobs.urls")),
    path("a/payments/", include("payments.urls")),
    path("admin/", admin.site.urls),
]
