"""What auditors drew: the tables of seeds and draws, as a function for a service's migrations (decision 107)."""

from shared.persistence.platform import grant, never_changed, protect, run

_TABLES = """
-- What an auditor brings, before the period begins of which it is to draw.
CREATE TABLE audit_seed (
    id uuid PRIMARY KEY,
    seed text NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL
);
CREATE TABLE audit_draw (
    id uuid PRIMARY KEY,
    drawn_by text NOT NULL,
    drawn_at timestamptz NOT NULL,
    seed text NOT NULL,
    -- None: the machine drew it.
    stated uuid REFERENCES audit_seed,
    -- Of what is drawn, by the names of the request; of all keys the hash.
    frame jsonb NOT NULL,
    size integer NOT NULL CHECK (size > 0),
    whole bigint NOT NULL CHECK (whole >= 0),
    frame_hash text NOT NULL CHECK (frame_hash ~ '^[0-9a-f]{64}$'),
    -- In the order of the draw.
    keys text[] NOT NULL CHECK (cardinality(keys) <= size),
    number integer NOT NULL CHECK (number > 0),
    UNIQUE (frame, number)
);
"""
_IS_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def keep_draws(service: str) -> None:
    """Whoever draws a sample leaves what it drew, by which seed and of what: officers read all, nobody changes any."""
    run(_TABLES)
    for table in ("audit_seed", "audit_draw"):
        grant(service, table, api="SELECT, INSERT", worker="SELECT")
        protect(service, table, mine=_IS_OFFICER)
        never_changed(table)
