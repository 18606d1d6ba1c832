"""People and what they may do: users, roles and their data scope."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, Group, PermissionsMixin, UserManager
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from guardian.shortcuts import get_objects_for_user

from accounts.rules import login_key
from heating.kit.scope import NOTHING, Handles, Scope, ScopedQuerySet
from org.models import Office


class DataScope(models.TextChoices):
    """The eight data scopes of domain.md §4.1."""

    ALL = "all", "全部数据"
    COMPANY_BELOW = "company_below", "所在公司及以下数据"
    COMPANY = "company", "所在公司数据"
    OFFICE_BELOW = "office_below", "所在部门及以下数据"
    OFFICE = "office", "所在部门数据"
    OWN = "own", "仅本人数据"
    JURISDICTION = "jurisdiction", "辖区数据"
    CHOSEN = "chosen", "按明细设置"


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

    username = models.CharField("登录名", max_length=40, error_messages={"unique": "登录名已被使用"})
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

    objects = StaffManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["office_id", "username"]
        permissions = [
            ("reset_password", "重置密码"),
            ("unlock_user", "解锁用户"),
            ("view_loginlog", "查看登录日志"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="username_once", violation_error_message="登录名已被使用")
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.username})"

    @property
    def display_name(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

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
        """The user's enabled roles, each with the permissions ("app.verb") it holds; read once per request."""
        roles = Role.objects.filter(user=self, active=True).prefetch_related("permissions__content_type", "offices")
        return [
            (role, frozenset(f"{p.content_type.app_label}.{p.codename}" for p in role.permissions.all()))
            for role in roles
        ]

    @cached_property
    def _scopes(self) -> dict[str, Scope]:
        return {}

    def scope(self, permission: str) -> Scope:
        """Add up the scopes of the roles that hold this very permission (house.md §4)."""
        if not self.is_active:
            return NOTHING
        if permission not in self._scopes:
            total = NOTHING
            for role, held in self.active_roles:
                if permission in held:
                    total = total | self._role_scope(role)
            self._scopes[permission] = total
        return self._scopes[permission]

    def _role_scope(self, role: Role) -> Scope:
        match role.scope:
            case DataScope.ALL:
                return Scope(everything=True, user_id=self.pk)
            case DataScope.OWN:
                return Scope(own=True, user_id=self.pk)
            case DataScope.JURISDICTION:
                return self._jurisdiction
            case DataScope.CHOSEN:
                return Scope(offices=frozenset(office.pk for office in role.offices.all()))
        return Scope(offices=self._offices(role.scope)) if self.office else NOTHING

    def _offices(self, scope: str) -> frozenset[int]:
        home = self.office
        company = home.company
        rows = Office.objects.all()
        if scope == DataScope.OFFICE:
            rows = rows.filter(pk=home.pk)
        elif scope == DataScope.OFFICE_BELOW:
            rows = rows.below(home)
        elif scope == DataScope.COMPANY:
            rows = rows.filter(company=company)
        elif scope == DataScope.COMPANY_BELOW:
            rows = rows.below(company)
        else:
            return frozenset()
        return frozenset(rows.order_by().aggregate(ids=ArrayAgg("pk", default=[]))["ids"])

    @cached_property
    def _jurisdiction(self) -> Scope:
        """Communities and buildings that guardian grants to the user or to one of his enabled roles."""
        ids = {}
        for model in ("community", "building"):
            permission = f"property.oversee_{model}"
            granted = get_objects_for_user(self, permission, with_superuser=False, accept_global_perms=False)
            ids[model] = frozenset(granted.values_list("pk", flat=True))
        return Scope(communities=ids["community"], buildings=ids["building"], user_id=self.pk)
