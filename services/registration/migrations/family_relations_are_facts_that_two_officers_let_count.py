"""Family relations are facts that two officers let count; the person sees its own, and an employer none."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0041"
down_revision = "registration_0040"

_KINDS = """('spouse', 'child', 'adopted_child', 'ward', 'grandchild', 'sibling', 'parent', 'adoptive_parent',
                                     'guardian', 'grandparent')"""
# No references to persons: after a restore a relation may be known before its persons are.
_TABLES = f"""
CREATE TABLE relation_named (
    relation uuid PRIMARY KEY,
    person integer NOT NULL,
    -- None, where a restored database knows the relation from its event.
    name_sealed bytea,
    name_tokens text[] NOT NULL,
    born_on date
);

CREATE TABLE relation_statement (
    id uuid PRIMARY KEY,
    relation uuid NOT NULL,
    act text NOT NULL CHECK (act IN ('began', 'ended', 'withdrawn')),
    person integer NOT NULL,
    relative integer,
    kind text NOT NULL CHECK (kind IN {_KINDS}),
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    evidence text NOT NULL,
    source text NOT NULL,
    officer text NOT NULL,
    stated_at timestamptz NOT NULL,
    answer text CHECK (answer IN ('approved', 'dismissed')),
    proposed_by text,
    approved_by text,
    answered_at timestamptz,
    CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (approved_by IS NULL)),
    CHECK (approved_by <> proposed_by AND approved_by <> officer),
    CHECK (relative <> person)
);
CREATE UNIQUE INDEX uq_relation_statement_waits ON relation_statement (relation) WHERE answer IS NULL;
CREATE INDEX ix_relation_statement_person ON relation_statement (person) WHERE answer IS NULL;
CREATE INDEX ix_relation_statement_relative ON relation_statement (relative) WHERE answer IS NULL;

CREATE TABLE relation_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation uuid NOT NULL,
    person integer NOT NULL,
    relative integer,
    kind text NOT NULL CHECK (kind IN {_KINDS}),
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    withdrawn boolean NOT NULL,
    source text NOT NULL,
    evidence text,
    -- The document that permits a marriage while another one runs.
    permission text,
    stated_by text,
    proposed_by text,
    approved_by text,
    recorded_at timestamptz NOT NULL,
    retracts bigint REFERENCES relation_fact,
    CHECK (relative <> person)
);
CREATE INDEX ix_relation_fact_relation ON relation_fact (relation, id);
CREATE INDEX ix_relation_fact_person ON relation_fact (person, relation, id);
CREATE INDEX ix_relation_fact_relative ON relation_fact (relative, relation, id);

CREATE TABLE relation (
    relation uuid PRIMARY KEY,
    person integer NOT NULL,
    relative integer,
    kind text NOT NULL CHECK (kind IN {_KINDS}),
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    withdrawn boolean NOT NULL,
    fact bigint NOT NULL REFERENCES relation_fact,
    revision integer NOT NULL CHECK (revision > 0),
    CHECK (relative <> person),
    CONSTRAINT ex_relation_overlap EXCLUDE USING gist (person WITH =, relative WITH =, kind WITH =, valid WITH &&)
        WHERE (NOT withdrawn)
);
CREATE INDEX ix_relation_person ON relation (person);
CREATE INDEX ix_relation_relative ON relation (relative);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_PERSON = "'person:' || person = current_setting('jaring.tenant', true)"
_RELATIVE = "'person:' || relative = current_setting('jaring.tenant', true)"
_STATED = ("id", "relation", "act", "person", "relative", "kind", "valid", "evidence", "source", "officer", "stated_at")


def upgrade() -> None:
    """Officers write; of what counts both persons read their own, of a relative's name the one who is registered."""
    run(_TABLES)
    answered = "SELECT, INSERT, UPDATE (answer, proposed_by, approved_by, answered_at)"
    grant("registration", "relation_statement", api=answered, worker="SELECT")
    for table in ("relation_fact", "relation_named"):
        grant("registration", table, api="SELECT, INSERT", worker="SELECT, INSERT")
        never_changed(table)
    written = "SELECT, INSERT, UPDATE (valid, withdrawn, fact, revision)"
    grant("registration", "relation", api=written, worker="SELECT, INSERT, UPDATE")
    never_changed("relation_statement", *_STATED)
    for table in ("relation_named", "relation_statement", "relation_fact", "relation"):
        protect("registration", table, mine=_OFFICER)
    for table, own in (("relation_named", _PERSON), *((each, f"{_PERSON} OR {_RELATIVE}") for each in _BOTH)):
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({own})")


_BOTH = ("relation_fact", "relation")
