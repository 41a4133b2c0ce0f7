"""What is known of an employer is facts on two axes: state, sector, branches, directors, and whether it employs."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0044"
down_revision = "registration_0043"

_ATTRIBUTES = """'state', 'sector', 'activity', 'company_number', 'name', 'contact', 'branch', 'director'"""
# `item` tells branches and directors apart; of everything else there is one.
_FACTS = f"""
CREATE SEQUENCE employer_fact_id;
CREATE TABLE employer_fact (
    id bigint PRIMARY KEY,
    employer integer NOT NULL REFERENCES employer,
    tenant text NOT NULL,
    attribute text NOT NULL CHECK (attribute IN ({_ATTRIBUTES})),
    item uuid NOT NULL,
    valid daterange NOT NULL,
    plain text,
    sealed bytea,
    recorded_at timestamptz NOT NULL,
    source text NOT NULL,
    officer text,
    approved_by text,
    evidence text,
    retracts bigint REFERENCES employer_fact,
    CHECK (tenant = 'employer:' || employer),
    CHECK (isempty(valid) = (retracts IS NOT NULL)),
    CHECK (retracts IS NOT NULL OR (plain IS NULL) = (attribute IN ('contact', 'branch', 'director')))
);
CREATE INDEX ix_employer_fact_employer ON employer_fact (employer, attribute);
CREATE UNIQUE INDEX uq_employer_fact_retracts ON employer_fact (retracts) WHERE retracts IS NOT NULL;

CREATE TABLE employer_attribute (
    employer integer NOT NULL,
    tenant text NOT NULL,
    attribute text NOT NULL,
    item uuid NOT NULL,
    valid daterange NOT NULL,
    fact bigint NOT NULL REFERENCES employer_fact
);
CREATE INDEX ix_employer_attribute_employer ON employer_attribute (employer, attribute);

CREATE TABLE employer_statement (
    statement uuid PRIMARY KEY,
    employer integer NOT NULL REFERENCES employer,
    tenant text NOT NULL,
    source text NOT NULL,
    officer text,
    attribute text NOT NULL CHECK (attribute IN ({_ATTRIBUTES})),
    item uuid NOT NULL,
    first_on date,
    last_on date,
    value_sealed bytea NOT NULL,
    retracts bigint REFERENCES employer_fact,
    evidence text,
    reason text,
    stated_at timestamptz NOT NULL,
    counts boolean,
    proposed_by text,
    approved_by text,
    decided_at timestamptz,
    CHECK (tenant = 'employer:' || employer),
    CHECK ((counts IS NULL) = (decided_at IS NULL)),
    CHECK (reason IS NOT NULL OR counts),
    CHECK ((proposed_by IS NULL) = (approved_by IS NULL) AND approved_by <> proposed_by)
);
CREATE INDEX ix_employer_statement_employer ON employer_statement (employer, statement);
"""
# What stands of these on the day is kept with the employer, which is published.
_CURRENT = """
ALTER TABLE employer ADD COLUMN state text;
ALTER TABLE employer ADD COLUMN sector text;
ALTER TABLE employer ADD COLUMN ended_on date;
ALTER TABLE employer ADD COLUMN shares_mycoid boolean NOT NULL DEFAULT false;
UPDATE employer SET shares_mycoid = true
WHERE mycoid IN (SELECT mycoid FROM employer WHERE mycoid IS NOT NULL GROUP BY mycoid HAVING count(*) > 1);
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_employer_mycoid ON employer (mycoid) WHERE mycoid IS NOT NULL AND NOT shares_mycoid;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_employer_mycoid ON employer (mycoid) WHERE mycoid IS NOT NULL;
ALTER TABLE recalled_employer ADD COLUMN state text;
ALTER TABLE recalled_employer ADD COLUMN sector text;
ALTER TABLE recalled_employer ADD COLUMN ended_on date;
"""
_DERIVE = """
CREATE FUNCTION derive_employer(of_employer integer, on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM public.employer_attribute WHERE employer = of_employer;
    WITH live AS (
        SELECT * FROM public.employer_fact AS stated
        WHERE employer = of_employer AND retracts IS NULL
          AND NOT EXISTS (SELECT FROM public.employer_fact AS later WHERE later.retracts = stated.id)
    )
    INSERT INTO public.employer_attribute (employer, tenant, attribute, item, valid, fact)
    SELECT employer, tenant, attribute, item, part, id
    FROM live, LATERAL unnest(datemultirange(live.valid) - coalesce(
        (SELECT range_agg(later.valid) FROM live AS later
         WHERE later.attribute = live.attribute AND later.item = live.item AND later.id > live.id),
        '{}'::datemultirange)) AS part;
    UPDATE public.employer AS known
    SET revision = known.revision + 1, state = stands.state, sector = stands.sector, ended_on = stands.ended_on,
        name = coalesce(stands.name, known.name), mycoid = coalesce(stands.mycoid, known.mycoid),
        shares_mycoid = CASE WHEN stands.mycoid IS NULL OR stands.mycoid IS NOT DISTINCT FROM known.mycoid
                             THEN known.shares_mycoid
                             ELSE EXISTS (SELECT FROM public.employer AS other
                                          WHERE other.mycoid = stands.mycoid AND other.employer <> of_employer) END
    FROM (SELECT max(fact.plain) FILTER (WHERE held.attribute = 'state' AND held.valid @> on_day) AS state,
                 max(fact.plain) FILTER (WHERE held.attribute = 'sector' AND held.valid @> on_day) AS sector,
                 max(fact.plain) FILTER (WHERE held.attribute = 'name' AND held.valid @> on_day) AS name,
                 max(fact.plain) FILTER (WHERE held.attribute = 'company_number' AND held.valid @> on_day) AS mycoid,
                 max(lower(held.valid) - 1) FILTER (
                     WHERE held.attribute = 'activity' AND fact.plain = 'ended' AND upper_inf(held.valid)) AS ended_on
          FROM public.employer_attribute AS held JOIN public.employer_fact AS fact ON fact.id = held.fact
          WHERE held.employer = of_employer) AS stands
    WHERE known.employer = of_employer;
END $$
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_STATED = (
    *("statement", "employer", "tenant", "source", "officer", "attribute", "item", "first_on", "last_on"),
    *("value_sealed", "retracts", "evidence", "reason", "stated_at"),
)


def upgrade() -> None:
    """An employer states and sees its own; officers see all, and decide what waits."""
    run(_FACTS)
    run(_CURRENT)
    op.execute(_DERIVE)
    op.execute("REVOKE ALL ON FUNCTION derive_employer(integer, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION derive_employer(integer, date) TO registration_api, registration_worker")
    op.execute("GRANT USAGE ON SEQUENCE employer_fact_id TO registration_api, registration_worker")
    op.execute("GRANT DELETE ON waiting_end TO registration_worker")
    # Whoever changes it holds its row.
    op.execute("GRANT UPDATE (revision) ON employer TO registration_api")
    grant("registration", "employer_fact", api="SELECT, INSERT", worker="SELECT, INSERT")
    grant("registration", "employer_attribute", api="SELECT", worker="SELECT")
    for table in ("employer_fact", "employer_attribute"):
        protect("registration", table)
    never_changed("employer_fact")
    decided = "counts, proposed_by, approved_by, decided_at"
    grant("registration", "employer_statement", api=f"SELECT, INSERT, UPDATE ({decided})", worker="SELECT")
    protect("registration", "employer_statement")
    op.execute(
        "CREATE POLICY employer_statement_by_officers ON employer_statement AS RESTRICTIVE FOR UPDATE "
        f"TO registration_api USING ({_OFFICER})"
    )
    never_changed("employer_statement", *_STATED)
