"""Who read whose data: the tables of the read log, as functions for each service's migrations (decision 93)."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

_TABLES = """
CREATE TABLE read_log (
    -- Made when it was read: its own time says how long it is kept.
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    -- Who read: the party, as what, by which client; who of it, and in which office.
    tenant text NOT NULL,
    role text NOT NULL CHECK (role IN ('officer', 'partner')),
    client text NOT NULL,
    subject text NOT NULL,
    office text,
    method text NOT NULL,
    route text NOT NULL,
    -- The address that was asked: of what stands behind no number, such as a file, it says what was read.
    path text NOT NULL,
    data text[] NOT NULL CHECK (cardinality(data) > 0),
    -- None: a person, or a partner that stated none.
    purpose text,
    correlation_id text NOT NULL,
    CONSTRAINT ck_read_log_purpose CHECK (role <> 'officer' OR purpose IS NOT NULL)
);
-- Whose data an answer told: written by the statement that writes the row it belongs to, and by no other.
CREATE TABLE read_log_person (
    person bigint NOT NULL,
    read uuid NOT NULL,
    PRIMARY KEY (person, read)
);
-- Rows come in the order of their time, in which they are let go of.
CREATE INDEX ix_read_log_person_read ON read_log_person USING brin (read);
"""
# In one look-up of a statement: the numbers of the person who asks.
_OWN_NUMBERS = """
CAST((SELECT CASE WHEN current_setting('jaring.tenant', true) ~ '^person:[1-9][0-9]{0,8}$'
    THEN numbers_of(CAST(split_part(current_setting('jaring.tenant', true), ':', 2) AS integer)) ELSE '{}' END)
    AS bigint[])
"""
_IS_OFFICER = "current_setting('jaring.role', true) = 'officer'"
# Not older than an id that would have been made seven years ago.
_YOUNG = """
CREATE TRIGGER never_deleted BEFORE DELETE ON {table} FOR EACH ROW
WHEN (OLD.{read} > uuidv7(interval '-7 years')) EXECUTE FUNCTION never_changed()
"""
_EMPTIED = "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION never_changed()"


def log_reads(service: str) -> None:
    """A row for each answer that told somebody's data, written before it was told, kept for seven years and never
    changed. Officers read all of them, a person those about itself."""
    run(_TABLES)
    for table, read in (("read_log", "id"), ("read_log_person", "read")):
        grant(service, table, api="SELECT, INSERT", worker="SELECT, DELETE")
        never_changed(table, deletable=True)
        op.execute(_YOUNG.format(table=table, read=read))
        op.execute(_EMPTIED.format(table=table))
    protect(service, "read_log")
    told = f"SELECT FROM read_log_person AS told WHERE told.read = read_log.id AND told.person = ANY ({_OWN_NUMBERS})"
    op.execute(f"CREATE POLICY read_log_own ON read_log FOR SELECT TO {service}_api USING (EXISTS ({told}))")
    protect(service, "read_log_person", mine=f"{_IS_OFFICER} OR person = ANY ({_OWN_NUMBERS})")
    # Whoever is told of somebody may not see who else was.
    op.execute(f"CREATE POLICY read_log_person_told ON read_log_person FOR INSERT TO {service}_api WITH CHECK (true)")


_ABOUT = """
-- What an answer told, by the id that its address or it has for that, such as a claim, a document, a task; and the
-- claims to which these lead. Written by the statement that writes the row it belongs to, and by no other.
CREATE TABLE read_log_about (
    about uuid NOT NULL,
    kind text NOT NULL,
    read uuid NOT NULL,
    PRIMARY KEY (about, kind, read)
);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_read_log_about_read ON read_log_about USING brin (read);
"""
# Of what was read before, what stands in the address, however its id is written there.
_FROM_PATHS = """
INSERT INTO read_log_about (about, kind, read)
SELECT DISTINCT CAST(place.id AS uuid), place.kind, place.read
FROM (SELECT log.id AS read, trim(each.name, '{}') AS kind,
             regexp_replace(regexp_replace(lower(each.said), '^urn.uuid.', ''), '[^0-9a-f]', '', 'g') AS id
      FROM read_log AS log
      CROSS JOIN LATERAL unnest(string_to_array(log.route, '/'), string_to_array(log.path, '/')) AS each (name, said)
      WHERE each.name LIKE '{%}' AND each.said ~* '^(urn.uuid.)?[-{}0-9a-f]{32,38}$') AS place
WHERE length(place.id) = 32
"""


def fill_in(*statements: str) -> None:
    """Run what fills a table from the whole read log: of ten million rows that takes minutes, once."""
    op.execute("SET LOCAL statement_timeout = '1h'")
    for each in statements:
        op.execute(each)
    op.execute("SET LOCAL statement_timeout = '60s'")


def log_what_was_read(service: str) -> None:
    """Beside each row of the read log stands what was read, by its id: officers look it up by that."""
    run(_ABOUT)
    fill_in(_FROM_PATHS)
    grant(service, "read_log_about", api="SELECT, INSERT", worker="SELECT, DELETE")
    never_changed("read_log_about", deletable=True)
    op.execute(_YOUNG.format(table="read_log_about", read="read"))
    op.execute(_EMPTIED.format(table="read_log_about"))
    protect(service, "read_log_about", mine=_IS_OFFICER)
    op.execute(f"CREATE POLICY read_log_about_told ON read_log_about FOR INSERT TO {service}_api WITH CHECK (true)")
