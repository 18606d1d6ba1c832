"""Addresses of 首页 and 报表统计."""

from django.urls import path

from reports.access import AccessOfUser, AccessPage
from reports.base import ReportPage
from reports.catalog import Channels, Communities
from reports.home import HomePage
from reports.logs import LogDetail, LoginList, LogList
from reports.register import OwnerPage, RoomPage

app_name = "reports"

urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    path("logs/", LogList.as_view(), name="log-list"),
    path("logs/<int:pk>/", LogDetail.as_view(), name="log-detail"),
    path("access/", AccessPage.as_view(), name="access"),
    path("access/users/<int:pk>/", AccessOfUser.as_view(), name="access-of-user"),
    path("logins/", LoginList.as_view(), name="login-list"),
    path("property/owners/<int:pk>/", OwnerPage.as_view(), name="owner-detail"),
    path("property/rooms/<int:pk>/", RoomPage.as_view(), name="room-detail"),
    path("reports/channels/", ReportPage.as_view(report=Channels()), name="channels"),
    path("reports/communities/", ReportPage.as_view(report=Communities()), name="communities"),
]
