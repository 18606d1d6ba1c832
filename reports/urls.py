"""Addresses of 首页 and 报表统计."""

from django.urls import path

from reports.base import ReportPage
from reports.catalog import Channels, Communities
from reports.home import HomePage
from reports.logs import LogDetail, LoginList, LogList

app_name = "reports"

urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    path("logs/", LogList.as_view(), name="log-list"),
    path("logs/<int:pk>/", LogDetail.as_view(), name="log-detail"),
    path("logins/", LoginList.as_view(), name="login-list"),
    path("reports/channels/", ReportPage.as_view(report=Channels()), name="channels"),
    path("reports/communities/", ReportPage.as_view(report=Communities()), name="communities"),
]
