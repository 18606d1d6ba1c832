"""People and what they may do: users, roles and their data scope."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, Group, PermissionsMixin, UserManager
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models.functions import Concat, Lower
from django.utils.crypto import salted_hmac

from accounts.models.data_scope import DataScope, offices_reached, places_of_role, places_of_users
from accounts.rules import login_key
from heating.kit.scope import NOTHING, Handles, Scope, ScopedQuerySet
from org.models import Office


class RoleKind(models.TextChoices):
    ASSIGNMENT = "assignment", "任务分配"
    MANAGEMENT = "management", "管理角色"
    ORDINARY = "ordinary", "普通角色"


class RoleQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",))


class Role(Group):
    """A Django group with a home office and a data scope; `title` is its name on screen (unique in its office).

    The inherited `name` is a technical key, because Django wants it unique over all offices.
    """

    title = models.CharField("角色名称", max_length=60)
    office = models.ForeignKey(Office, models.PROTECT, verbose_name="归属机构")
    kind = models.CharField("角色类型", max_length=12, choices=RoleKind, default=RoleKind.ORDINARY)
    scope = models.CharField("数据范围", max_length=16, choices=DataScope)
    # The permissions with a scope of their own, by data scope: {"own": ["payments.reverse_payment"]}.
    other_scopes = models.JSONField("单独设置的数据范围", default=dict, blank=True)
    offices = models.ManyToManyField(Office, related_name="+", blank=True, verbose_name="按明细设置的机构")
    active = models.BooleanField("启用", default=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        ordering = ["office_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "title"],
                name="role_title_once_per_office",
                violation_error_message="该机构已有同名角色",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def places(self) -> Scope:
        """The communities and buildings granted to this role; they count where its scope is 辖区."""
        return places_of_role(self.pk)

    @property
    def scopes(self) -> list[str]:
        """The data scopes in use: the role's own and those of single permissions."""
        return [self.scope, *(scope for scope in self.other_scopes if scope != self.scope)]

    @property
    def scope_text(self) -> str:
        """The data scope for the screen, with the number of permissions that have another one."""
        others = sum(map(len, self.other_scopes.values()))
        return f"{self.get_scope_display()}（{others} 项操作另设）" if others else str(self.get_scope_display())

    def scope_of(self, permission: str) -> str:
        """Return the data scope of one permission: its own, or else the role's."""
        return next((scope for scope, names in self.other_scopes.items() if permission in names), self.scope)

    def reach(self, home: Office | None, scope: str = "") -> Scope:
        """Return what the role reaches for anybody of the office `home` by a data scope, by default the role's.

        What is granted to one person alone is not counted.
        """
        scope = scope or self.scope
        if scope == DataScope.ALL:
            return Scope(everything=True)
        if scope == DataScope.JURISDICTION:
            return self.places
        if scope == DataScope.CHOSEN:
            return Scope(offices=frozenset(office.pk for office in self.offices.all())) if self.pk else NOTHING
        return Scope(offices=offices_reached(scope, home))


class UserQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), author=("id",))

    def by_login(self, name: str) -> User | None:
        """Return the user of a login name in whatever spelling of case and width."""
        return self.alias(lowered=Lower("username")).filter(lowered=login_key(name)).first()


class StaffManager(UserManager.from_queryset(UserQuerySet)):
    """Makes users from the shell; pages use `accounts.services`."""

    def _create_user(self, username: str, email: str | None, password: str | None, **fields: object) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: staff of an office, or an owner on the phone.

    Rights come from roles alone: `is_superuser` gives none of the pages under /a/.
    `session_epoch` is part of every session; raising it ends them all at the next request.
    """

    username = models.CharField("登录名", max_length=40, error_messages={"unique": "登录名不可用，请换一个"})
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)
    email = models.EmailField("邮箱", blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, verbose_name="机构")
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进入后台", default=False)
    is_demo = models.BooleanField("演示账号", default=False, editable=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    # What this person chose for the looks of pages, such as the columns of a list.
    preferences = models.JSONField(default=dict, editable=False)

    # The address of the request that this object acts in, if any; no column.
    came_from = ""

    objects = StaffManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["office_id", "username"]
        permissions = [
            ("reset_password", "重置密码"),
            ("unlock_user", "解锁用户"),
            ("release_user", "解除动态口令"),
            ("view_loginlog", "查看登录日志"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="username_once", violation_error_message="登录名不可用，请换一个"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.username})"

    @property
    def display_name(self) -> str:
        return self.name or self.username

    @property
    def export_label(self) -> str:
        """Return who exports, and from where, as it stands at the head of a workbook."""
        return f"机构：{self.office or ''}　操作人：{self.display_name}"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def preference(self, key: str) -> Any:
        """Return what this person chose under `key`, or None."""
        return self.preferences.get(key)

    @property
    def has_second_factor(self) -> bool:
        """Say whether a code is asked for after the password."""
        return hasattr(self, "authenticator")

    @property
    def may_sign_in(self) -> bool:
        """Disabled users may not, and demo accounts may not on a production machine."""
        return self.is_active and not (self.is_demo and settings.PRODUCTION)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares this with the session at every request: a new password or a raised epoch ends them all.
        text = f"{self.password}\n{self.session_epoch}"
        return salted_hmac("accounts.session", text, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Say whether an enabled role holds `perm`; being a superuser gives nothing."""
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in get_backends())

    @cached_property
    def active_roles(self) -> list[tuple[Role, frozenset[str]]]:
        """The user's enabled roles, each with the permissions ("app.codename") it holds; read once per request."""
        permission = Concat("permissions__content_type__app_label", models.Value("."), "permissions__codename")
        # Every request passes here: one statement, and no objects for the hundred permissions of an administrator.
        held = ArrayAgg(permission, filter=models.Q(permissions__isnull=False), default=[])
        roles = Role.objects.filter(user=self, active=True).annotate(held=held).order_by("pk")
        return [(role, frozenset(role.held)) for role in roles]

    @cached_property
    def _scopes(self) -> dict[str, Scope]:
        return {}

    def scopes_by_role(self, permission: str) -> list[tuple[Role, Scope]]:
        """Return the roles that hold this very permission, each with what it reaches for this user."""
        if not self.is_active:
            return []
        return [
            (role, self._reached(role, role.scope_of(permission)))
            for role, held in self.active_roles
            if permission in held
        ]

    def _reached(self, role: Role, scope: str) -> Scope:
        """Return what one of the user's roles reaches with a data scope; worked out once per request."""
        if (role.pk, scope) not in self._reaches:
            self._reaches[role.pk, scope] = self.role_scope(role, scope)
        return self._reaches[role.pk, scope]

    @cached_property
    def _reaches(self) -> dict[tuple[int, str], Scope]:
        return {}

    def scope(self, permission: str) -> Scope:
        """Add up the scopes of the roles that hold this very permission."""
        if permission not in self._scopes:
            total = NOTHING
            for _role, part in self.scopes_by_role(permission):
                total = total | part
            self._scopes[permission] = total
        return self._scopes[permission]

    def role_scope(self, role: Role, scope: str = "") -> Scope:
        """Return what one role reaches for this user with one of its data scopes, by default its own.

        A place granted to a role counts for that role alone.
        """
        scope = scope or role.scope
        mine = Scope(own=scope == DataScope.OWN, user_id=self.pk)
        if scope == DataScope.JURISDICTION:
            mine = mine | self._places
        return mine | role.reach(self.office, scope)

    @cached_property
    def _places(self) -> Scope:
        return places_of_users([self.pk]) if self.pk else NOTHING
