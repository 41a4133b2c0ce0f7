"""Partners push events, and the worker does what they say: what a request may do for its party, it may do as well."""

from alembic import op

from shared.persistence.platform import create_inbound_events, grant

revision = "registration_0038"
down_revision = "registration_0037"

_FUNCTIONS = (
    "derive_person_attributes(integer[])",
    "days_of_employment(integer)",
    "name_behind_national_id(bytea, date)",
    "is_like_another(integer, text[], text)",
)


def upgrade() -> None:
    """The table, and grants to register a person, to state a spell and its end, and to send a contribution file."""
    create_inbound_events("registration")
    grant("registration", "person", worker="INSERT, UPDATE")
    for table in ("national_id", "person_fact", "person_access", "spell_fact", "spell", "contribution_upload"):
        grant("registration", table, worker="INSERT")
    grant("registration", "contribution_file", worker="INSERT")
    grant("registration", "waiting_end", worker="INSERT, UPDATE, DELETE")
    op.execute("GRANT USAGE ON SEQUENCE person_number, person_fact_id TO registration_worker")
    for function in _FUNCTIONS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO registration_worker")
