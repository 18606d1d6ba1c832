"""What is sealed of the audit: every record, in the chain of the company of its office."""

from heating.audit.books import SealedTable

RECORDS = SealedTable(
    "audit.record",
    "日志",
    "audit_record",
    (
        "t.at",
        "t.actor_id",
        "t.actor_name",
        "t.event",
        "t.target_type",
        "t.target_id",
        "t.target_text",
        "t.before",
        "t.after",
        "t.note",
        "t.office_id",
        "t.address",
    ),
    company="o.company_id",
    join="LEFT JOIN org_office AS o ON o.id = t.office_id",
)
