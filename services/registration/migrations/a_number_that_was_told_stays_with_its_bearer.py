"""Numbers that were published, and forgotten with the database, stay with those who bear them (rules M8)."""

from alembic import op

from shared.persistence.platform import grant, run

revision = "registration_0014"
down_revision = "registration_0013"

_RECALLED = """
CREATE TABLE recalled_person (
    id_token text PRIMARY KEY,
    person integer NOT NULL,
    revision integer NOT NULL
);

CREATE TABLE recalled_employer (
    code text PRIMARY KEY,
    employer integer NOT NULL,
    revision integer NOT NULL
);

CREATE TABLE recalled_spell (
    spell uuid PRIMARY KEY,
    person integer NOT NULL,
    employer integer NOT NULL,
    started_on date NOT NULL,
    revision integer NOT NULL,
    confirmed_month integer,
    confirmed_wage_sen bigint
);

CREATE TABLE recalled_membership (
    person integer NOT NULL,
    scheme text NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (person, scheme)
);
CREATE INDEX ix_recalled_spell_person ON recalled_spell (person, employer, started_on);
"""


def upgrade() -> None:
    """Empty until a restore; then the worker also lifts what is known above what was published."""
    run(_RECALLED)
    for table in ("recalled_person", "recalled_employer", "recalled_spell", "recalled_membership"):
        grant("registration", table, api="SELECT", worker="SELECT, INSERT, UPDATE")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        # Whoever registers finds the number that was given; numbers stand here beside keyed tokens and codes.
        for role in ("api", "worker", "migrate"):
            op.execute(f"CREATE POLICY {table}_{role} ON {table} TO registration_{role} USING (true) WITH CHECK (true)")
    for table in ("person", "employer", "membership"):
        op.execute(f"GRANT UPDATE (revision) ON {table} TO registration_worker")
    op.execute("GRANT SELECT, UPDATE ON SEQUENCE person_number, employer_number TO registration_worker")
