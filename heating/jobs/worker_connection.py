"""The worker's second connection: it holds the lock of the running job and shows its progress.

Its writes are seen at once, while the job's own transaction is still open. The lock is a session lock: it goes with
the process, however that ends, and tells every other worker that the job needs somebody.
"""

from typing import Any

import psycopg2
from django.db import connection

# Advisory locks are numbers; this keeps ours apart from anybody else's.
JOB_LOCKS = 0x6A6F62 << 36
# First half of the two-part lock that every living worker shares, by which they are counted.
WORKERS = 7_010


class WorkerConnection:
    """An autocommit connection outside Django's, safe to use from the worker's two threads."""

    errors = (psycopg2.DatabaseError, psycopg2.InterfaceError)

    def __init__(self) -> None:
        own = connection.copy()
        self.raw = own.get_new_connection(own.get_connection_params())
        self.raw.autocommit = True
        self.announce()

    def ask(self, sql: str, *values: Any) -> Any:
        """Run one statement and return the first value of its first row, if there is one."""
        with self.raw.cursor() as cursor:
            cursor.execute(sql, values)
            row = cursor.fetchone()
        return row[0] if row else None

    def announce(self) -> None:
        """Show that a worker is alive for as long as the connection stands."""
        self.ask("SELECT pg_advisory_lock_shared(%s, 0)", WORKERS)

    def lock(self, pk: int) -> bool:
        """Try to become the one worker of the job."""
        return self.ask("SELECT pg_try_advisory_lock(%s)", JOB_LOCKS + pk)

    def unlock(self) -> None:
        """Give the job back to whoever looks for one."""
        self.ask("SELECT pg_advisory_unlock_all()")
        self.announce()

    def progress(self, pk: int, *, done: int, total: int, step: str) -> bool:
        """Show how far the job is; return whether somebody wants it cancelled."""
        return self.ask(
            "UPDATE jobs_job SET done = %s, total = %s, step = %s WHERE id = %s RETURNING cancel_requested",
            *(done, total, step[:120], pk),
        )

    def cancel_requested(self, pk: int) -> bool:
        """Say whether somebody wants the job cancelled."""
        return self.ask("SELECT cancel_requested FROM jobs_job WHERE id = %s", pk)

    def close(self) -> None:
        """End the connection, and with it the lock."""
        self.raw.close()
