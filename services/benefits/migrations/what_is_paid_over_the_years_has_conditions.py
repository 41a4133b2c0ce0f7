"""What is paid over the years has conditions: increases by order, suspensions, certificates, who acts, who has died."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "benefits_0049"
down_revision = "benefits_0048"

_INCREASES = """
CREATE TABLE increase_order (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    instrument text NOT NULL,
    law text NOT NULL,
    in_force date NOT NULL,
    -- In whose place it stands; withdrawn: that one gives nothing, and this nothing in its place.
    replaces uuid REFERENCES increase_order,
    withdrawn boolean NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    CHECK (NOT withdrawn OR replaces IS NOT NULL)
);
CREATE INDEX ix_increase_order_replaces ON increase_order (replaces) WHERE replaces IS NOT NULL;

CREATE TABLE increase_factor (
    increase_order uuid NOT NULL REFERENCES increase_order,
    tenant text NOT NULL,
    number integer NOT NULL CHECK (number >= 0),
    benefit text NOT NULL,
    began_from integer NOT NULL CHECK (began_from BETWEEN 1900 AND 2100),
    began_to integer NOT NULL CHECK (began_to BETWEEN began_from AND 2100),
    -- As the instrument writes it: 2.5
    percent text NOT NULL CHECK (percent ~ '^[0-9]{1,2}(\\.[0-9]{1,4})?$'),
    least_sen bigint CHECK (least_sen > 0),
    PRIMARY KEY (increase_order, number)
);
CREATE INDEX ix_increase_factor_benefit ON increase_factor (benefit);

CREATE TABLE increase_order_answer (
    increase_order uuid PRIMARY KEY REFERENCES increase_order,
    tenant text NOT NULL,
    counts boolean NOT NULL,
    proposed_by text NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> proposed_by),
    at timestamptz NOT NULL
);
"""
_STATEMENTS = """
CREATE TABLE party_statement (
    id uuid PRIMARY KEY,
    -- Who stated it: the organisation, or the payee or who acts for it.
    tenant text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('suspension', 'certificate', 'student', 'acting', 'heirs_sought')),
    party text NOT NULL CHECK (party ~ '^[a-z_]+:[0-9]{1,18}$'),
    -- Of a suspension, the benefit.
    claim uuid,
    scheme text,
    benefit text,
    says text NOT NULL,
    first_on date NOT NULL,
    last_on date CHECK (last_on >= first_on),
    holder text CHECK (holder ~ '^[a-z_]+(:[0-9]{1,18})?$'),
    evidence text NOT NULL,
    replaces uuid REFERENCES party_statement,
    withdrawn boolean NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    CHECK (num_nulls(claim, scheme, benefit) = CASE kind WHEN 'suspension' THEN 0 ELSE 3 END),
    CHECK (NOT withdrawn OR replaces IS NOT NULL)
);
CREATE INDEX ix_party_statement_party ON party_statement (party, id);
CREATE INDEX ix_party_statement_holder ON party_statement (holder, id) WHERE holder LIKE '%:%';
CREATE INDEX ix_party_statement_replaces ON party_statement (replaces) WHERE replaces IS NOT NULL;

CREATE TABLE party_statement_answer (
    statement uuid PRIMARY KEY REFERENCES party_statement,
    tenant text NOT NULL,
    counts boolean NOT NULL,
    proposed_by text NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> proposed_by),
    at timestamptz NOT NULL
);
"""
# Of whom a register has said once that the party died; it may have taken that back since.
_DEATHS = """
CREATE TABLE known_death (
    party text PRIMARY KEY,
    died_on date,
    revision integer NOT NULL
);
"""
# Whether somebody acts for a party on a day, by what counts: who asks may not see what took its own statement's place.
_ACTS = """
CREATE FUNCTION acts_for(of_holder text, of_party text, on_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.party_statement AS said
        JOIN public.party_statement_answer AS word ON word.statement = said.id AND word.counts
        WHERE said.kind = 'acting' AND said.party = of_party AND said.holder = of_holder AND NOT said.withdrawn
              AND said.first_on <= on_day AND coalesce(said.last_on, 'infinity') >= on_day AND NOT EXISTS (
                  SELECT FROM public.party_statement AS later
                  JOIN public.party_statement_answer AS last ON last.statement = later.id AND last.counts
                  WHERE later.replaces = said.id));
$$
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_MINE = "current_setting('jaring.tenant', true)"
# What a payee and whoever acts for it may see of what is stated, and state: certificates.
_OWN = f"party = {_MINE} OR holder = {_MINE}"
_STATED = "EXISTS (SELECT FROM party_statement AS own WHERE own.id = statement)"


def upgrade() -> None:
    """All of it is added to and nothing is changed; what a register says of a death is a projection."""
    for statements in (_INCREASES, _STATEMENTS, _DEATHS):
        run(statements)
    for table in (
        "increase_order",
        "increase_factor",
        "increase_order_answer",
        "party_statement",
        "party_statement_answer",
    ):
        grant("benefits", table, api="SELECT, INSERT", worker="SELECT, INSERT")
        protect("benefits", table)
        never_changed(table)
    op.execute(f"CREATE POLICY party_statement_own ON party_statement FOR SELECT TO benefits_api USING ({_OWN})")
    op.execute(
        "CREATE POLICY party_statement_answer_own ON party_statement_answer FOR SELECT TO benefits_api "
        f"USING ({_STATED})"
    )
    op.execute(
        "CREATE POLICY party_statement_by_officers ON party_statement AS RESTRICTIVE FOR INSERT TO benefits_api "
        f"WITH CHECK ({_OFFICER} OR kind = 'certificate')"
    )
    op.execute(
        "CREATE POLICY party_statement_answer_by_officers ON party_statement_answer AS RESTRICTIVE FOR INSERT "
        f"TO benefits_api WITH CHECK ({_OFFICER})"
    )
    op.execute(_ACTS)
    op.execute("REVOKE ALL ON FUNCTION acts_for(text, text, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION acts_for(text, text, date) TO benefits_api, benefits_worker")
    grant("benefits", "known_death", api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    protect("benefits", "known_death", _OFFICER)
