"""The tree of offices, the parameters and the dictionaries of a company."""

from django.db import models
from django.db.models import F, Q

from heating.kit.scope import Handles, ScopedQuerySet


class OfficeKind(models.TextChoices):
    COMPANY = "company", "公司"
    DEPARTMENT = "department", "部门"
    SITE = "site", "站点"


class OfficeLevel(models.IntegerChoices):
    ONE = 1, "一级"
    TWO = 2, "二级"
    THREE = 3, "三级"
    FOUR = 4, "四级"


class OfficeQuerySet(ScopedQuerySet):
    handles = Handles(office=("id",))

    def below(self, office: "Office") -> "OfficeQuerySet":
        """Return `office` and everything under it."""
        return self.filter(path__startswith=office.path)

    def companies(self) -> "OfficeQuerySet":
        return self.filter(kind=OfficeKind.COMPANY)


class Office(models.Model):
    """One node of the tree: a company, a department or a site (收费站点).

    `path` is "/1/5/9/": the ids from the root down to the office itself. `company` is the nearest company at or
    above it (itself for a company; empty only in the instant of its creation). `code` is printed in receipt numbers.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级机构"
    )
    company = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在公司"
    )
    path = models.CharField(max_length=200, default="", editable=False)
    name = models.CharField("机构名称", max_length=60)
    kind = models.CharField("机构类型", max_length=12, choices=OfficeKind)
    level = models.PositiveSmallIntegerField("机构级别", choices=OfficeLevel)
    code = models.CharField("机构编码", max_length=12)
    sort = models.IntegerField("排序", default=0)
    manager = models.CharField("负责人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    active = models.BooleanField("启用", default=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["sort", "id"]
        indexes = [models.Index(fields=["path"], name="office_path", opclasses=["varchar_pattern_ops"])]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="office_name_once_per_parent",
                nulls_distinct=False,
                violation_error_message="同一上级机构下已有同名机构",
            ),
            # Not among all companies: a refusal would tell one company what another uses.
            models.UniqueConstraint(
                fields=["company", "code"],
                condition=~Q(code=""),
                name="office_code_once_per_company",
                violation_error_message="本公司已有该机构编码",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="office_not_its_own_parent",
                violation_error_message="上级机构不能是自己",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(kind=OfficeKind.COMPANY),
                name="office_root_is_company",
                violation_error_message="没有上级的机构必须是公司",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ParameterQuerySet(ScopedQuerySet):
    handles = Handles(office=("company_id",))


class Parameter(models.Model):
    """A value that a company set for one of the keys declared in `org.parameters`; without a row the default counts."""

    company = models.ForeignKey(Office, models.PROTECT, verbose_name="公司")
    key = models.CharField("参数", max_length=60)
    value = models.CharField("值", max_length=500)

    objects = ParameterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "系统参数"
        default_permissions = ("view", "change")
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="parameter_once_per_company")]

    def __str__(self) -> str:
        return self.key


class DictEntry(models.Model):
    """One word of an extensible dictionary, such as a relief type; the same for all companies."""

    dictionary = models.CharField("字典", max_length=40)
    code = models.CharField("代码", max_length=20)
    label = models.CharField("名称", max_length=40)
    aliases = models.CharField("别名", max_length=200, blank=True, help_text="导入时认得的其他写法, 用空格分开")
    sort = models.IntegerField("排序", default=0)
    active = models.BooleanField("启用", default=True)
    builtin = models.BooleanField("内置", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "字典"
        ordering = ["dictionary", "sort", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dictionary", "code"], name="dict_code_once"),
            models.UniqueConstraint(fields=["dictionary", "label"], name="dict_label_once"),
        ]

    def __str__(self) -> str:
        return self.label
