"""Addresses of 机构管理."""

from django.urls import path

from org import views

app_name = "org"

urlpatterns = [
    path("offices/", views.OfficeList.as_view(), name="office-list"),
    path("offices/add/", views.OfficeAdd.as_view(), name="office-add"),
    path("offices/<int:pk>/add/", views.OfficeAddBelow.as_view(), name="office-add-below"),
    path("offices/<int:pk>/edit/", views.OfficeEdit.as_view(), name="office-edit"),
    path("offices/<int:pk>/delete/", views.OfficeDelete.as_view(), name="office-delete"),
    path("offices/<int:pk>/disable/", views.OfficeDisable.as_view(), name="office-disable"),
    path("offices/<int:pk>/enable/", views.OfficeEnable.as_view(), name="office-enable"),
]
