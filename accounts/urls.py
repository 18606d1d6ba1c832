"""Pages under /a/ of sign-in, users and roles."""

from django.urls import path

from accounts.views.signin import ChangePassword, Login, Logout

app_name = "accounts"
urlpatterns = [
    path("login", Login.as_view(), name="login"),
    path("logout", Logout.as_view(), name="logout"),
    path("password", ChangePassword.as_view(), name="password"),
]
