"""Addresses of 机构管理, 参数 and 字典."""

from django.urls import path

from org import lists, views

app_name = "org"

urlpatterns = [
    path("offices/", lists.OfficeList.as_view(), name="office-list"),
    path("offices/add/", views.OfficeAdd.as_view(), name="office-add"),
    path("offices/<int:pk>/add/", views.OfficeAddBelow.as_view(), name="office-add-below"),
    path("offices/<int:pk>/edit/", views.OfficeEdit.as_view(), name="office-edit"),
    path("offices/<int:pk>/switch/", views.OfficeSwitch.as_view(), name="office-switch"),
    path("offices/<int:pk>/delete/", views.OfficeDelete.as_view(), name="office-delete"),
    path("parameters/", lists.ParameterList.as_view(), name="parameter-list"),
    path("parameters/<int:pk>/<str:key>/", views.ParameterEdit.as_view(), name="parameter-edit"),
    path("dictionaries/", lists.DictList.as_view(), name="dictentry-list"),
    path("dictionaries/add/", views.DictEntryAdd.as_view(), name="dictentry-add"),
    path("dictionaries/<int:pk>/edit/", views.DictEntryEdit.as_view(), name="dictentry-edit"),
    path("dictionaries/<int:pk>/delete/", views.DictEntryDelete.as_view(), name="dictentry-delete"),
]
