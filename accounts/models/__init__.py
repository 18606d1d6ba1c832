"""People, their roles, and the guards of the sign-in."""

from accounts.models.people import DataScope, Role, RoleKind, StaffManager, User
from accounts.models.signin import Authenticator, Device, LoginFailure, LoginGuard, RecoveryCode

__all__ = [
    "Authenticator",
    "DataScope",
    "Device",
    "LoginFailure",
    "LoginGuard",
    "RecoveryCode",
    "Role",
    "RoleKind",
    "StaffManager",
    "User",
]
