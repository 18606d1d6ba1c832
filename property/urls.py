"""Addresses of 基础信息管理."""

from django.urls import path

from heating.imports.pages import import_urls
from property import lists
from property.views import bulk, history, imports, owners, places, rooms

app_name = "property"

urlpatterns = [
    *import_urls("owners/import/", imports.OwnerImport),
    *import_urls("rooms/import/", imports.RoomImport),
    path("owners/", lists.OwnerList.as_view(), name="owner-list"),
    path("owners/<int:pk>/", owners.OwnerDetail.as_view(), name="owner-detail"),
    path("owners/add/", owners.OwnerAdd.as_view(), name="owner-add"),
    path("owners/<int:pk>/history/", history.OwnerHistory.as_view(), name="owner-history"),
    path("owners/<int:pk>/reveal/", owners.OwnerReveal.as_view(), name="owner-reveal"),
    path("owners/<int:pk>/active/", owners.OwnerActive.as_view(), name="owner-active"),
    path("owners/<int:pk>/delete/", owners.OwnerDelete.as_view(), name="owner-delete"),
    path("rooms/", lists.RoomList.as_view(), name="room-list"),
    path("rooms/<int:pk>/", rooms.RoomDetail.as_view(), name="room-detail"),
    path("rooms/<int:pk>/history/", history.RoomHistory.as_view(), name="room-history"),
    path("communities/", lists.CommunityList.as_view(), name="community-list"),
    path("communities/add/", places.CommunityAdd.as_view(), name="community-add"),
    path("communities/<int:pk>/edit/", places.CommunityEdit.as_view(), name="community-edit"),
    path("communities/<int:pk>/delete/", places.CommunityDelete.as_view(), name="community-delete"),
    path("communities/<int:pk>/move/", places.CommunityMove.as_view(), name="community-move"),
    path("communities/<int:pk>/active/", places.CommunityActive.as_view(), name="community-active"),
    path("buildings/", lists.BuildingList.as_view(), name="building-list"),
    path("buildings/fill/", bulk.WholeBuilding.as_view(), name="building-fill"),
    path("places/", bulk.PlaceTree.as_view(), name="place-tree"),
    path("buildings/add/", places.BuildingAdd.as_view(), name="building-add"),
    path("buildings/<int:pk>/edit/", places.BuildingEdit.as_view(), name="building-edit"),
    path("buildings/<int:pk>/delete/", places.BuildingDelete.as_view(), name="building-delete"),
    path("buildings/<int:pk>/move/", places.BuildingMove.as_view(), name="building-move"),
    path("buildings/<int:pk>/active/", places.BuildingActive.as_view(), name="building-active"),
    path("units/", lists.UnitList.as_view(), name="unit-list"),
    path("units/add/", places.UnitAdd.as_view(), name="unit-add"),
    path("units/<int:pk>/edit/", places.UnitEdit.as_view(), name="unit-edit"),
    path("units/<int:pk>/delete/", places.UnitDelete.as_view(), name="unit-delete"),
    path("units/<int:pk>/move/", places.UnitMove.as_view(), name="unit-move"),
    path("units/<int:pk>/active/", places.UnitActive.as_view(), name="unit-active"),
    path("rooms/add/", rooms.RoomAdd.as_view(), name="room-add"),
]
