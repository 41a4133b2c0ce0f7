"""What a split carried to another number, or took back as another's, is known to be so."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "registration_0081"
down_revision = "registration_0080"

# As things stand; what officers said is in the statement of the split. `receipt` is that of the other's line then: what
# the employer states of the other one since has a later one.
_TABLE = """
CREATE TABLE carried_line (
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    person integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    other integer NOT NULL CHECK (other <> person),
    receipt bigint NOT NULL,
    PRIMARY KEY (employer, month, person)
);
"""
# A copy that a merge made is of whom its original is about, however many merges are between; a fact that a split found
# to be the other one's is the other one's. A retraction is of whom that is about which it takes back.
_ANOTHERS = """
CREATE FUNCTION is_anothers(of_fact bigint, of_numbers integer[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE above (id, person, copied_from) AS (
        SELECT fact.id, fact.person, fact.copied_from FROM public.person_fact AS fact
        WHERE fact.id = (SELECT coalesce(said.retracts, said.id) FROM public.person_fact AS said
                         WHERE said.id = of_fact)
        UNION ALL
        SELECT fact.id, fact.person, fact.copied_from
        FROM above JOIN public.person_fact AS fact ON fact.id = above.copied_from)
    SELECT EXISTS (
        SELECT FROM above
        WHERE person <> ALL(of_numbers)
           OR EXISTS (SELECT FROM public.person_fact AS later
                      JOIN public.person_merge_statement AS split ON split.statement = later.correction
                      WHERE later.retracts = above.id AND split.what = 'split'));
$$
"""
_FUNCTION = "is_anothers(bigint, integer[])"
# Cover as it was known amid a merge, too, is told by one's own facts.
_COVER = "known_of_cover(integer, date, timestamptz, text, boolean)"
_KNOWN = "AND fact.recorded_at <= known_at AND fact.valid @> month_end"
_OWN = f"{_KNOWN}\n                AND (sees_all OR NOT public.is_anothers(fact.id, public.numbers_of(fact.person)))"


def upgrade() -> None:
    """The worker alone carries lines, and takes them; whoever reads facts asks whose they are."""
    run(_TABLE)
    grant("registration", "carried_line", worker="SELECT, INSERT, UPDATE, DELETE")
    protect("registration", "carried_line")
    op.execute(_ANOTHERS)
    op.execute(f"REVOKE ALL ON FUNCTION {_FUNCTION} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_FUNCTION} TO registration_api")
    op.execute(
        f"DO $do$ DECLARE made text = pg_get_functiondef(CAST('{_COVER}' AS regprocedure));\n"
        f"BEGIN\nIF position($b${_KNOWN}$b$ in made) = 0 THEN RAISE EXCEPTION 'it says something else'; END IF;\n"
        f"EXECUTE replace(made, $b${_KNOWN}$b$, $b${_OWN}$b$);\nEND $do$"
    )
