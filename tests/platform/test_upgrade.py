"""A database of another line of versions is refused before anything is written."""

import pytest
from django.core.management import CommandError
from django.db import connection

from heating.management.commands.prepare import refuse_unknown_database


@pytest.mark.django_db
def test_a_database_with_unknown_migrations_is_refused_with_a_sentence() -> None:
    refuse_unknown_database()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('billing', '0007_no_truncate', now())"
        )
    with pytest.raises(CommandError, match=r"billing\.0007_no_truncate.*未作任何修改"):
        refuse_unknown_database()


@pytest.mark.django_db
def test_what_another_package_once_applied_is_no_concern() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001_initial', now())")
    refuse_unknown_database()
