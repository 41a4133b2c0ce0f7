"""Referrals lead into centres and out: the centres, the referrals, and what is known of their claims."""

from shared.persistence.platform import create_platform_v1, grant, protect, run

revision = "rehab_0001"
down_revision = None

# What the worker opens belongs to the organisation itself, hence the default tenant.
_TABLES = """
CREATE TABLE centre (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{2,20}$'),
    name text NOT NULL,
    beds integer NOT NULL CHECK (beds > 0)
);
-- The beds of the dossier other-schemes §6.2: Melaka as planned in 2009, Ipoh as reported in 2025.
INSERT INTO centre (code, name, beds) VALUES
    ('MELAKA', 'Tun Abdul Razak Rehabilitation Centre, Melaka', 150),
    ('IPOH', 'Rehabilitation Centre Ipoh', 700);

CREATE TABLE referral (
    id uuid PRIMARY KEY,
    tenant text NOT NULL DEFAULT 'organisation:1',
    claim uuid NOT NULL UNIQUE,
    person bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('expected', 'taken', 'admitted', 'discharged', 'not_covered')),
    opened_at timestamptz NOT NULL,
    case_manager text,
    centre text REFERENCES centre (code),
    admitted_on date,
    admitted_revision integer,
    discharged_on date,
    discharged_revision integer,
    outcome text CHECK (outcome IN ('fit_for_same_work', 'fit_for_modified_work', 'fit_for_other_work',
                                    'not_fit_for_work', 'discontinued')),
    certificate uuid,
    certificate_issued_on date,
    certificate_fit_from date,
    CHECK (state NOT IN ('taken', 'admitted', 'discharged') OR case_manager IS NOT NULL),
    CHECK (num_nonnulls(centre, admitted_on, admitted_revision)
           = CASE WHEN state IN ('admitted', 'discharged') THEN 3 ELSE 0 END),
    CHECK (num_nonnulls(discharged_on, discharged_revision, outcome)
           = CASE WHEN state = 'discharged' THEN 3 ELSE 0 END),
    CHECK (num_nonnulls(certificate, certificate_issued_on, certificate_fit_from) IN (0, 3)),
    CHECK (discharged_on >= admitted_on)
);
CREATE INDEX ix_referral_person ON referral (person, id);
CREATE INDEX ix_referral_state ON referral (state, id);
CREATE INDEX ix_referral_in_bed ON referral (centre) WHERE state = 'admitted';

CREATE TABLE accident (
    claim uuid PRIMARY KEY,
    tenant text NOT NULL DEFAULT 'organisation:1',
    revision integer NOT NULL,
    person bigint NOT NULL,
    employer bigint,
    happened_on date NOT NULL
);

CREATE TABLE assessment (
    claim uuid PRIMARY KEY,
    tenant text NOT NULL DEFAULT 'organisation:1',
    revision integer NOT NULL,
    person bigint NOT NULL,
    refused boolean NOT NULL,
    provisional boolean NOT NULL,
    benefit_days integer NOT NULL CHECK (benefit_days >= 0),
    reason text,
    CHECK (refused = (reason IS NOT NULL))
);
"""


def upgrade() -> None:
    """The platform's tables, then rehab's own."""
    create_platform_v1("rehab")
    run(_TABLES)
    # A row lock asks for the right to update a column; this one the foreign key holds still.
    grant("rehab", "centre", api="SELECT, UPDATE (code)", worker="SELECT")
    grant("rehab", "referral", api="SELECT, UPDATE", worker="SELECT, INSERT, UPDATE")
    grant("rehab", "accident", api="SELECT")
    grant("rehab", "assessment", api="SELECT")
    for table in ("referral", "accident", "assessment"):
        protect("rehab", table)
