"""No tables: only the permissions of the statements."""

from django.db import models


class Statement(models.Model):
    """Holds the permissions of the statements; it has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_statement", "查看报表"),
            ("check_books", "账务检查"),
        ]

    def __str__(self) -> str:
        return "报表"
