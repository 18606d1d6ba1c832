"""People, their roles, and the guards of the sign-in."""

from accounts.models.people import DataScope, Role, RoleKind, StaffManager, User
from accounts.models.signin import Device, LoginFailure, LoginGuard

__all__ = ["DataScope", "Device", "LoginFailure", "LoginGuard", "Role", "RoleKind", "StaffManager", "User"]
