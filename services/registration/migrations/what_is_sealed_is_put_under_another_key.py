"""What is sealed is put under another key while it is read, and an id is taken once whatever key it stands under."""

from alembic import op

from shared.persistence.platform import let_seals_be_renewed, rotate_keys

revision = "registration_0059"
down_revision = "registration_0058"

_SEALED = {
    "national_id": ("number_sealed",),
    "person_fact": ("sealed",),
    "person_correction": ("value_sealed",),
    "relation_named": ("name_sealed",),
    "register_statement": ("said_sealed",),
    "employer_fact": ("sealed",),
    "employer_statement": ("value_sealed",),
    "contribution_receipt": ("reference_sealed",),
    "bank_statement": ("identification_sealed", "content_sealed"),
    "bank_credit": ("said_sealed",),
    "contribution_upload": ("content_sealed",),
    "contribution_piece": ("content_sealed",),
    "upload_chunk": ("content_sealed",),
    "contribution_archive": ("content_sealed",),
    "archive_member": ("name_sealed",),
    "opening_piece": ("content_sealed",),
    "inbound_event": ("sealed",),
}
# What is emptied once it was kept long enough (what_was_kept_long_enough_is_let_go_of) is sealed again until then.
_LET_GO_OF = {"bank_statement": "content_sealed", "bank_credit": "said_sealed"}
# While there are two keys no index sees that an id which stands under one is added under the other. Whoever is about to
# add one waits here for whoever adds the same, and then looks under every key: a statement of its own sees what was
# committed meanwhile. It tells the constraint that would refuse it, and nothing else.
_TAKEN = """
CREATE FUNCTION taken_under_any_key(ids bytea[], numbers bytea[], shares_digits boolean) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('national_id/' || encode(number, 'hex'), 0))
    FROM (SELECT number FROM unnest(numbers) AS number ORDER BY number) AS asked;
    IF EXISTS (SELECT FROM public.national_id AS known
               WHERE known.blind_index = ANY(ids) AND known.withdrawn_at IS NULL) THEN
        RETURN 'uq_national_id_blind_index';
    END IF;
    IF NOT shares_digits AND EXISTS (
            SELECT FROM public.national_id AS known
            WHERE known.number_index = ANY(numbers) AND NOT known.shares_digits AND known.withdrawn_at IS NULL) THEN
        RETURN 'uq_national_id_digits';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """The worker seals again; the API learns of ids what the index would have told it."""
    rotate_keys("registration")
    let_seals_be_renewed("registration", _SEALED, national_id=("blind_index", "number_index"))
    for table, column in _LET_GO_OF.items():
        op.execute(f"DROP TRIGGER kept_long_enough ON {table}")
        op.execute(
            f"CREATE TRIGGER kept_long_enough BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column} AND NOT is_sealed_again(OLD.{column}, NEW.{column}) "
            f"AND (NEW.{column} <> ''::bytea OR OLD.received_at > now() - interval '7 years')) "
            "EXECUTE FUNCTION never_changed()"
        )
    op.execute(_TAKEN)
    function = "taken_under_any_key(bytea[], bytea[], boolean)"
    op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO registration_api, registration_worker")
