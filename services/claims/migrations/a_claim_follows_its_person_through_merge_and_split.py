"""A claim is of the person who survives of its number, and an id means whoever bears it by the newest word."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "claims_0036"
down_revision = "claims_0035"

# Of which number a claim was stated never changes once it is known: a merge moves the claim, and a split moves it back.
_CLAIMS = """
ALTER TABLE claim ADD COLUMN source_person bigint;
UPDATE claim SET source_person = person WHERE relation IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_claim_source_person ON claim (source_person) WHERE source_person IS NOT NULL;
"""
# The bearers that an id ever had; whose it is, the newest of what was published of each says.
_KNOWN = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE known_identity DROP CONSTRAINT known_identity_pkey;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid
ALTER TABLE known_identity ADD CONSTRAINT known_identity_pkey PRIMARY KEY (id_token, person);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_known_identity_person ON known_identity (person);
ALTER TABLE known_person ADD COLUMN id_tokens jsonb NOT NULL DEFAULT '[]';
UPDATE known_person SET id_tokens = own.tokens
FROM (SELECT person, jsonb_agg(id_token) AS tokens FROM known_identity GROUP BY person) AS own
WHERE own.person = known_person.person;
-- squawk-ignore ban-drop-default
ALTER TABLE known_person ALTER COLUMN id_tokens DROP DEFAULT;

CREATE TABLE known_merge (
    person bigint NOT NULL,
    survivor bigint NOT NULL,
    merged boolean NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (person, survivor)
);
CREATE INDEX ix_known_merge_survivor ON known_merge (survivor);
"""
# All numbers of the one person, the one that survives first; of each number its newest word counts.
_NUMBERS = """
CREATE FUNCTION numbers_of(of_person bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH newest AS (
        SELECT DISTINCT ON (person) person, survivor, merged FROM public.known_merge
        WHERE person IN (SELECT each.person FROM public.known_merge AS each
                         WHERE of_person IN (each.person, each.survivor)
                            OR each.survivor IN (SELECT own.survivor FROM public.known_merge AS own
                                                 WHERE own.person = of_person))
        ORDER BY person, revision DESC),
    root AS (SELECT coalesce((SELECT survivor FROM newest WHERE person = of_person AND merged), of_person) AS number)
    SELECT array_prepend(root.number, ARRAY(
        SELECT person FROM newest WHERE survivor = root.number AND merged ORDER BY person))
    FROM root;
$$
"""
# Also those that were one with it once: what was decided may rest on what they stated.
_ONCE = """
CREATE FUNCTION numbers_once_of(of_person bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT of_person
        UNION SELECT survivor FROM public.known_merge WHERE person = of_person
        UNION SELECT person FROM public.known_merge
        WHERE survivor = of_person
           OR survivor IN (SELECT own.survivor FROM public.known_merge AS own WHERE own.person = of_person));
$$
"""
_OWN_NUMBERS = """
CREATE FUNCTION own_numbers() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN current_setting('jaring.tenant', true) ~ '^person:[1-9][0-9]{0,8}$'
                THEN public.numbers_of(CAST(split_part(current_setting('jaring.tenant', true), ':', 2) AS bigint))
                ELSE '{}' END;
$$
"""
_OWN = "{}.relation IS NOT NULL AND {}.person = ANY (CAST((SELECT own_numbers()) AS bigint[]))"
# As which number it was stated is what a split goes by.
_SOURCE = """
CREATE TRIGGER source_person_never_changed BEFORE UPDATE ON claim FOR EACH ROW
    WHEN (OLD.source_person IS DISTINCT FROM NEW.source_person AND OLD.source_person IS NOT NULL)
    EXECUTE FUNCTION never_changed();
"""


def upgrade() -> None:
    """Requests learn who is one person by functions; the worker keeps what registration says."""
    run(_CLAIMS)
    run(_KNOWN)
    for function in (_NUMBERS, _ONCE, _OWN_NUMBERS):
        op.execute(function)
    for name in ("numbers_of(bigint)", "numbers_once_of(bigint)", "own_numbers()"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO claims_api, claims_worker")
    grant("claims", "known_merge", api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    protect("claims", "known_merge", "current_setting('jaring.role', true) = 'officer'")
    op.execute(f"ALTER POLICY claim_person ON claim USING ({_OWN.format('claim', 'claim')})")
    for table in ("decision", "record", "question"):
        own = f"EXISTS (SELECT FROM claim WHERE claim.id = {table}.claim AND {_OWN.format('claim', 'claim')})"
        op.execute(f"ALTER POLICY {table}_person ON {table} USING ({own})")
    run(_SOURCE)
