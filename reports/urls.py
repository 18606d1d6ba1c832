"""Addresses of 首页 and 报表统计."""

from django.urls import path

from reports.base import page_of
from reports.catalog import CATALOG
from reports.home import HomePage
from reports.logs import LogDetail, LoginList, LogList
from reports.views import BooksPage

app_name = "reports"

urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    path("logs/", LogList.as_view(), name="log-list"),
    path("logs/<int:pk>/", LogDetail.as_view(), name="log-detail"),
    path("logins/", LoginList.as_view(), name="login-list"),
    path("books/", BooksPage.as_view(), name="books"),
    *(path(f"reports/{report.code}/", page_of(report).as_view(), name=report.code) for report in CATALOG),
]
