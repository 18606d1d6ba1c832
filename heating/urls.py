"""The roof: every app's pages under /a/, the back office under /admin/."""

from captcha.views import captcha_image, captcha_refresh
from django.contrib import admin
from django.urls import include, path

from heating.health import health
from heating.metrics import metrics
from heating.views import SystemStatus

handler400 = "heating.problems.bad_request"
handler403 = "heating.problems.forbidden"
handler404 = "heating.problems.not_found"
handler500 = "heating.problems.server_error"

urlpatterns = [
    path("a/", include("reports.urls")),
    path("a/health", health, name="health"),
    path("a/metrics", metrics, name="metrics"),
    path("a/system", SystemStatus.as_view(), name="system-status"),
    path("a/jobs/", include("heating.jobs.urls")),
    path("a/org/", include("org.urls")),
    path("a/property/", include("property.urls")),
    path("a/billing/", include("billing.urls")),
    path("a/payments/", include("payments.urls")),
    path("a/", include("accounts.urls")),
    path("a/captcha/refresh", captcha_refresh, name="captcha-refresh"),
    path("a/captcha/<slug:key>.png", captcha_image, {"scale": 1}, name="captcha-image"),
    path("admin/", admin.site.urls),
]
