"""A person is reached by e-mail and telephone as well: stated, sealed and erased as an address is."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0092"
down_revision = "registration_0091"

_ATTRIBUTES = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE person_fact DROP CONSTRAINT person_fact_attribute_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE person_fact ADD CONSTRAINT person_fact_attribute_check CHECK (attribute IN (
    'name', 'address', 'born_on', 'residence', 'died_on', 'pass_ended_on', 'email', 'telephone'));
-- squawk-ignore ban-drop-constraint
ALTER TABLE person_fact DROP CONSTRAINT person_fact_value_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE person_fact ADD CONSTRAINT person_fact_value_check CHECK (
    CASE WHEN isempty(valid) THEN retracts IS NOT NULL AND plain IS NULL AND sealed IS NULL
         WHEN attribute IN ('name', 'address', 'email', 'telephone') THEN plain IS NULL AND sealed IS NOT NULL
         ELSE plain IS NOT NULL AND sealed IS NULL END);
-- squawk-ignore ban-drop-constraint
ALTER TABLE person_correction DROP CONSTRAINT person_correction_attribute_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE person_correction ADD CONSTRAINT person_correction_attribute_check CHECK (attribute IN (
    'name', 'address', 'born_on', 'residence', 'national_id', 'email', 'telephone'));
"""
# What is erased of where somebody lives is erased of all by which somebody is reached.
_ERASE = ("erase_person(integer[], boolean, timestamptz)", "erase_copies_of(integer[], boolean)")
_LIVES, _IS_REACHED = "attribute = 'address'", "attribute IN ('address', 'email', 'telephone')"


def upgrade() -> None:
    """Wherever an address is meant, these are."""
    run(_ATTRIBUTES)
    for name in _ERASE:
        op.execute(
            f"DO $do$ DECLARE made text = pg_get_functiondef(CAST('{name}' AS regprocedure));\n"
            f"BEGIN\nIF position($b${_LIVES}$b$ in made) = 0 THEN RAISE EXCEPTION 'it says something else'; END IF;\n"
            f"EXECUTE replace(made, $b${_LIVES}$b$, $b${_IS_REACHED}$b$);\nEND $do$"
        )
