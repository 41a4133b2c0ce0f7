"""Every change of a state, as the database itself saw it: also one that a later one of the same transaction hides."""

from dataclasses import dataclass

import asyncpg

# Tables of the test's own, beside those of the service (shared/testing/servers.py).
OBSERVED = """
CREATE TABLE observed_change (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    thing text NOT NULL,
    before text,
    after text
);
GRANT SELECT ON observed_change TO PUBLIC;
CREATE FUNCTION observe_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    thing jsonb := to_jsonb(NEW);
BEGIN
    INSERT INTO observed_change (kind, thing, before, after)
    VALUES (TG_TABLE_NAME,
            coalesce(thing ->> 'id', thing ->> 'appeal', thing ->> 'claim' || '/' || (thing ->> 'question')),
            CASE TG_OP WHEN 'UPDATE' THEN OLD.state END, NEW.state);
    RETURN NULL;
END $$;
DO $$
DECLARE
    each text;
BEGIN
    FOR each IN SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_name)
                WHERE columns.table_schema = 'public' AND column_name = 'state' AND table_type = 'BASE TABLE'
    LOOP
        EXECUTE format('CREATE TRIGGER observed_begun AFTER INSERT ON %I
                        FOR EACH ROW EXECUTE FUNCTION observe_change()', each);
        EXECUTE format('CREATE TRIGGER observed_changed AFTER UPDATE ON %I FOR EACH ROW
                        WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION observe_change()', each);
    END LOOP;
END $$;
"""
_SINCE = "SELECT number, kind, thing, before, after FROM observed_change WHERE number > $1 ORDER BY number"


@dataclass(frozen=True)
class Change:
    """A row of a table came into a state, from another one or, where it is new, from none."""

    number: int
    kind: str
    thing: str
    before: str | None
    after: str


async def changes_since(number: int, connection: asyncpg.Connection) -> list[Change]:
    """What happened after a change, oldest first."""
    return [Change(*row) for row in await connection.fetch(_SINCE, number)]
