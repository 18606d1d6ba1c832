"""Rows that are written once: the books and the audit are corrected by new rows, never changed or emptied."""

import pgtrigger

# Only who empties a test database or a benchmark says this first.
MAY_TRUNCATE = "SET heating.may_truncate = 'on'"

# The triggers of a table, for its Meta.triggers: UPDATE, DELETE and TRUNCATE raise in the database itself.
APPEND_ONLY = (
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="""
            IF current_setting('heating.may_truncate', true) IS DISTINCT FROM 'on' THEN
                RAISE EXCEPTION 'heating: cannot truncate table %', TG_TABLE_NAME;
            END IF;
            RETURN NULL;
        """,
    ),
)
