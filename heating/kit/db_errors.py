"""Telling a database that is away from a fault of ours."""

from typing import TypeGuard

from django.db import DatabaseError, InterfaceError, OperationalError


def database_away(error: BaseException | None) -> TypeGuard[DatabaseError | InterfaceError]:
    """Say whether `error` means that the database is gone, busy or just coming back, so that trying again may help.

    psycopg2 reports a connection that breaks in mid-statement as a bare DatabaseError, everything else as one of
    the two others.
    """
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
