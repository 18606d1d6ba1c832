"""Addresses of sign-in, users, roles and 权限查询."""

from django.urls import path

from accounts import lists
from accounts.views import jurisdiction, roles, users
from accounts.views.access import AccessOfUser, AccessPage
from accounts.views.first_passwords import UserResetMany
from accounts.views.imports import UserImport
from accounts.views.preferences import Alive, ListColumns
from accounts.views.signin import ChangePassword, Login, LoginCode, Logout
from accounts.views.two_factor import RecoveryCodes, SecondFactor, SecondFactorOff
from heating.imports.pages import import_urls

app_name = "accounts"
urlpatterns = [
    path("login", Login.as_view(), name="login"),
    path("login/code", LoginCode.as_view(), name="login-code"),
    path("logout", Logout.as_view(), name="logout"),
    path("password", ChangePassword.as_view(), name="password"),
    path("alive", Alive.as_view(), name="alive"),
    path("columns", ListColumns.as_view(), name="columns"),
    path("otp", SecondFactor.as_view(), name="second-factor"),
    path("otp/codes", RecoveryCodes.as_view(), name="recovery-codes"),
    path("otp/off", SecondFactorOff.as_view(), name="second-factor-off"),
    path("accounts/roles/", lists.RoleList.as_view(), name="role-list"),
    path("accounts/roles/standard/", roles.RoleStandard.as_view(), name="role-standard"),
    path("accounts/roles/add/", roles.RoleAdd.as_view(), name="role-add"),
    path("accounts/roles/<int:pk>/", roles.RoleDetail.as_view(), name="role-detail"),
    path("accounts/roles/<int:pk>/edit/", roles.RoleEdit.as_view(), name="role-edit"),
    path("accounts/roles/<int:pk>/assign/", roles.RoleAssign.as_view(), name="role-assign"),
    path("accounts/roles/<int:pk>/offices/", roles.RoleOffices.as_view(), name="role-offices"),
    path("accounts/roles/<int:pk>/places/", jurisdiction.RolePlaces.as_view(), name="role-places"),
    path("accounts/roles/<int:pk>/users/", roles.RoleUsers.as_view(), name="role-users"),
    path("accounts/roles/<int:pk>/disable/", roles.RoleDisable.as_view(), name="role-disable"),
    path("accounts/roles/<int:pk>/enable/", roles.RoleEnable.as_view(), name="role-enable"),
    path("accounts/roles/<int:pk>/copy/", roles.RoleCopy.as_view(), name="role-copy"),
    path("accounts/roles/<int:pk>/delete/", roles.RoleDelete.as_view(), name="role-delete"),
    path("accounts/users/", lists.UserList.as_view(), name="user-list"),
    *import_urls("accounts/users/import/", UserImport),
    path("accounts/users/add/", users.UserAdd.as_view(), name="user-add"),
    path("accounts/users/<int:pk>/", users.UserDetail.as_view(), name="user-detail"),
    path("accounts/users/reset/", UserResetMany.as_view(), name="user-reset-many"),
    path("accounts/users/<int:pk>/edit/", users.UserEdit.as_view(), name="user-edit"),
    path("accounts/users/<int:pk>/places/", jurisdiction.UserPlaces.as_view(), name="user-places"),
    path("accounts/users/<int:pk>/reset/", users.UserReset.as_view(), name="user-reset"),
    path("accounts/users/<int:pk>/unlock/", users.UserUnlock.as_view(), name="user-unlock"),
    path("accounts/users/<int:pk>/release/", users.UserRelease.as_view(), name="user-release"),
    path("accounts/users/<int:pk>/disable/", users.UserDisable.as_view(), name="user-disable"),
    path("accounts/users/<int:pk>/enable/", users.UserEnable.as_view(), name="user-enable"),
    path("access/", AccessPage.as_view(), name="access"),
    path("access/users/<int:pk>/", AccessOfUser.as_view(), name="access-of-user"),
]
