"""A page for one verb, for the session tests."""

from django.urls import path

from heating.urls import urlpatterns as real
from tests.accounts.test_sessions import OrdersOnly

urlpatterns = [path("orders", OrdersOnly.as_view()), *real]
