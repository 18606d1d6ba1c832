"""Distinguishes an unavailable database from a programming error."""

from typing import TypeGuard

from django.db import DatabaseError, InterfaceError, OperationalError


def database_away(error: BaseException | None) -> TypeGuard[DatabaseError | InterfaceError]:
    """Say whether `error` means that the database is gone, busy or just coming back, so that trying again may help.

    psycopg2 reports a connection that breaks in mid-statement as a bare DatabaseError, everything else as one of
    the two others.
    """
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def database_behind(error: BaseException | None) -> bool:
    """Say whether a lost database stands behind an error of somebody else, such as a session that was not saved.

    Django's own complaint that a row to be updated is gone is a bare DatabaseError as well, but nothing caused it.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if database_away(error) and error.__cause__ is not None:
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
