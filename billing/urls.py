"""Addresses of 业务管理 and of what shows rooms with their money."""

from django.urls import path

from billing import lists

app_name = "billing"

urlpatterns = [
    path("rooms/", lists.RoomList.as_view(), name="room-list"),
]
