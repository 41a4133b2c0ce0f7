"""The platform's tables; claims with their evidence and decisions; what claims knows of others."""

from shared.persistence.platform import create_platform_v1, grant, protect, run

revision = "claims_0001"
down_revision = None

_OWN = """
CREATE TABLE claim (
    id uuid PRIMARY KEY,
    notice uuid NOT NULL UNIQUE,
    tenant text NOT NULL,
    state text NOT NULL CHECK (state IN
        ('awaiting_identity', 'assessing', 'decided', 'refused', 'needs_officer', 'joined')),
    person bigint,
    id_token text,
    employer bigint,
    happened_on date NOT NULL,
    place text NOT NULL,
    worked_with_wages date[] NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revision integer NOT NULL DEFAULT 0,
    reason text,
    joined_to uuid REFERENCES claim,
    CHECK (state = 'awaiting_identity' OR (person IS NOT NULL AND id_token IS NULL)),
    CHECK ((state = 'joined') = (joined_to IS NOT NULL))
);
-- One accident, one claim: a second notice joins the first instead of being paid as well.
CREATE UNIQUE INDEX uq_claim_accident ON claim (person, happened_on)
    WHERE state NOT IN ('awaiting_identity', 'joined');
CREATE INDEX ix_claim_tenant ON claim (tenant, id);
CREATE INDEX ix_claim_person ON claim (person, id);

CREATE TABLE certificate (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    issued_on date NOT NULL,
    first_day date,
    last_day date,
    fit_from date,
    CHECK ((first_day IS NULL) = (last_day IS NULL) AND first_day <= last_day),
    CHECK (first_day IS NOT NULL OR fit_from IS NOT NULL)
);
CREATE INDEX ix_certificate_claim ON certificate (claim);

CREATE TABLE decision (
    claim uuid NOT NULL REFERENCES claim,
    revision integer NOT NULL CHECK (revision > 0),
    tenant text NOT NULL,
    hash text NOT NULL,
    body bytea NOT NULL,
    envelope jsonb NOT NULL,
    event_type text NOT NULL,
    event bytea NOT NULL,
    PRIMARY KEY (claim, revision)
);
"""

_KNOWN = """
CREATE TABLE known_identity (id_token text PRIMARY KEY, person bigint NOT NULL);
CREATE TABLE known_person (
    person bigint PRIMARY KEY,
    born_on date NOT NULL,
    residence text NOT NULL,
    revision integer NOT NULL
);
CREATE TABLE known_spell (
    spell uuid PRIMARY KEY,
    person bigint NOT NULL,
    employer bigint NOT NULL,
    started_on date NOT NULL,
    ended_on date,
    revision integer NOT NULL
);
CREATE INDEX ix_known_spell_person ON known_spell (person);
CREATE TABLE known_membership (
    person bigint NOT NULL,
    scheme text NOT NULL,
    periods jsonb NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (person, scheme)
);
CREATE TABLE known_wage (
    person bigint NOT NULL,
    month date NOT NULL,
    employer bigint NOT NULL,
    kind text NOT NULL,
    wage_sen bigint NOT NULL CHECK (wage_sen >= 0),
    revision integer NOT NULL,
    PRIMARY KEY (person, month, employer, kind)
);
CREATE TABLE known_payment (
    instruction uuid PRIMARY KEY,
    claim uuid NOT NULL,
    benefit text NOT NULL,
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    returned boolean NOT NULL,
    happened_at timestamptz NOT NULL
);
CREATE INDEX ix_known_payment_claim ON known_payment (claim);
CREATE TABLE known_placement (
    placement uuid PRIMARY KEY,
    person bigint NOT NULL,
    employer bigint NOT NULL,
    started_on date NOT NULL,
    month text NOT NULL,
    wage_sen bigint NOT NULL,
    revision integer NOT NULL
);
CREATE INDEX ix_known_placement_person ON known_placement (person);
"""


def upgrade() -> None:
    """Make them, and say who may do what."""
    create_platform_v1("claims")
    run(_OWN)
    run(_KNOWN)
    for table in ("claim", "certificate", "decision"):
        grant("claims", table, api="SELECT, INSERT", worker="SELECT, INSERT, UPDATE")
        protect("claims", table)
    for table in ("identity", "person", "spell", "membership", "wage"):
        grant("claims", f"known_{table}", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    for table in ("payment", "placement"):
        grant("claims", f"known_{table}", api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
