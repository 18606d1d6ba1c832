"""Addresses of orders and of the room import."""

from django.urls import path

from billing import lists
from billing.views import orders

app_name = "billing"

urlpatterns = [
    path("orders/", lists.OrderList.as_view(), name="order-list"),
    path("orders/<int:pk>/", orders.OrderDetail.as_view(), name="order-detail"),
    path("excesses/", lists.ExcessList.as_view(), name="excess-list"),
]
