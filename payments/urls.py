"""Addresses of 缴费管理."""

from django.urls import path

from payments import lists, views

app_name = "payments"

urlpatterns = [
    path("records/", lists.PaymentList.as_view(), name="payment-list"),
    path("counter/", views.CounterPage.as_view(), name="counter"),
    path("counter/search", views.CounterSearch.as_view(), name="counter-search"),
    path("rooms/<int:pk>/till/", views.TillPage.as_view(), name="till"),
    path("orders/<int:pk>/pay/", views.PayPage.as_view(), name="order-pay"),
    path("<int:pk>/done/", views.DonePage.as_view(), name="payment-done"),
    path("<int:pk>/reverse/", views.ReversePage.as_view(), name="payment-reverse"),
    path("receipts/<int:pk>/print", views.PrintPage.as_view(), name="receipt-print"),
]
