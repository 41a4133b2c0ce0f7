"""Bytes and records of who looked are let go of once they were kept long enough, and by no role before that."""

from alembic import op

from shared.persistence.platform import never_changed, run

revision = "registration_0058"
down_revision = "registration_0057"

# The age is asked of a row of another table, or of the same one: it is a rule of the database, as `never_changed` is.
_KEPT = """
CREATE FUNCTION kept_long_enough() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE is_young boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%1$I WHERE %2$I = ($1).%2$I AND '
                   '(%3$I IS NULL OR %3$I > now() - CAST(%4$L AS interval)))',
                   TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3]) INTO is_young USING OLD;
    IF is_young THEN
        RAISE EXCEPTION 'what stands in % is kept for now', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$
"""
# Table, whose age, by which key, since when, and how long (storage/retention.py asks the same).
_DELETED = (
    ("contribution_upload", "contribution_file", "file", "finished_at", "2 years"),
    ("person_search_hit", "person_search", "search", "searched_at", "7 years"),
    ("person_search", "person_search", "search", "searched_at", "7 years"),
    ("cover_inquiry", "cover_inquiry", "id", "asked_at", "7 years"),
)
_EMPTIED = (("bank_statement", "content_sealed"), ("bank_credit", "said_sealed"))
_STATED = (
    *("statement", "tenant", "officer", "kind", "position", "account_index", "identification_index"),
    *("identification_sealed", "digest", "created_at", "received_at", "entries", "credits"),
    *("credits_sen", "held_for"),
)
_CREDIT = (
    *("credit", "statement", "tenant", "account_index", "entry_index", "reference_indexes", "is_whole"),
    *("is_reversal", "amount_sen", "banked_on", "received_at"),
)


def upgrade() -> None:
    """The worker alone may, and only once the time of a row is over."""
    op.execute(_KEPT)
    for table, *arguments in _DELETED:
        given = ", ".join(f"'{each}'" for each in arguments)
        op.execute(f"DROP TRIGGER never_deleted ON {table}")
        op.execute(
            f"CREATE TRIGGER never_deleted BEFORE DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION kept_long_enough({given})"
        )
        op.execute(f"GRANT DELETE ON {table} TO registration_worker")
    for table, column in _EMPTIED:
        for trigger in ("never_changed", "never_deleted", "never_emptied"):
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
        never_changed(table, *(_STATED if table == "bank_statement" else _CREDIT))
        op.execute(
            f"CREATE TRIGGER kept_long_enough BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column} AND "
            f"(NEW.{column} <> ''::bytea OR OLD.received_at > now() - interval '7 years')) "
            "EXECUTE FUNCTION never_changed()"
        )
        op.execute(f"GRANT UPDATE ({column}) ON {table} TO registration_worker")
    # The worker finds what is old without reading what is not.
    run(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_bank_statement_old ON bank_statement (received_at) WHERE content_sealed <> ''::bytea;\n"
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_bank_credit_old ON bank_credit (received_at) WHERE said_sealed <> ''::bytea;\n"
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_person_search_old ON person_search (searched_at);\n"
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_cover_inquiry_old ON cover_inquiry (asked_at);\n"
    )
