"""Seekers become proved placements: the search, its interviews and offers, and the spells that prove them."""

from shared.persistence.platform import create_platform_v1, grant, protect, run

revision = "jobs_0001"
down_revision = None

# What the worker opens belongs to the organisation itself, hence the default tenant. A spell's last state and its
# proof are two tables: the event that ends a spell does not repeat the wage of the one that confirmed it.
_TABLES = """
CREATE TABLE seeker (
    id uuid PRIMARY KEY,
    tenant text NOT NULL DEFAULT 'organisation:1',
    person bigint NOT NULL,
    referral uuid NOT NULL UNIQUE,
    claim uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('fit_for_other_work', 'fit_for_modified_work')),
    discharged_on date NOT NULL,
    opened_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'placed'))
);
CREATE UNIQUE INDEX uq_seeker_open_person ON seeker (person) WHERE state = 'open';
CREATE INDEX ix_seeker_person ON seeker (person, id);

CREATE TABLE interview (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    seeker uuid NOT NULL REFERENCES seeker (id),
    employer bigint NOT NULL,
    held_on date NOT NULL,
    mode text NOT NULL CHECK (mode IN ('in_person', 'online', 'telephone')),
    outcome text NOT NULL CHECK (outcome IN ('successful', 'unsuccessful', 'not_attended')),
    recorded_at timestamptz NOT NULL
);
CREATE INDEX ix_interview_seeker ON interview (seeker, id);

CREATE TABLE offer (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    seeker uuid NOT NULL REFERENCES seeker (id),
    employer bigint NOT NULL,
    position text NOT NULL,
    wage_sen bigint NOT NULL CHECK (wage_sen > 0),
    starts_on date NOT NULL,
    accepted boolean NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX ix_offer_seeker ON offer (seeker, id);

CREATE TABLE placement (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    offer uuid NOT NULL UNIQUE REFERENCES offer (id),
    seeker uuid NOT NULL REFERENCES seeker (id),
    person bigint NOT NULL,
    claim uuid NOT NULL,
    employer bigint NOT NULL,
    starts_on date NOT NULL,
    accepted_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('awaiting_proof', 'unproved', 'confirmed')),
    revision integer NOT NULL CHECK (revision >= 0),
    spell uuid UNIQUE,
    started_on date,
    month text CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    wage_sen bigint CHECK (wage_sen >= 0),
    confirmed_at timestamptz,
    CHECK (num_nonnulls(spell, started_on, month, wage_sen, confirmed_at)
           = CASE WHEN state = 'confirmed' THEN 5 ELSE 0 END)
);
CREATE UNIQUE INDEX uq_placement_awaiting_employer ON placement (seeker, employer) WHERE state = 'awaiting_proof';
CREATE INDEX ix_placement_person ON placement (person, id);

CREATE TABLE spell (
    spell uuid PRIMARY KEY,
    revision integer NOT NULL,
    person bigint NOT NULL,
    employer bigint NOT NULL,
    started_on date NOT NULL,
    ended_on date
);
CREATE INDEX ix_spell_person_employer ON spell (person, employer);

CREATE TABLE spell_proof (
    spell uuid PRIMARY KEY,
    revision integer NOT NULL,
    month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    wage_sen bigint NOT NULL CHECK (wage_sen >= 0)
);
"""


def upgrade() -> None:
    """The platform's tables, then those of jobs; the API never sees spells of people who seek nothing."""
    create_platform_v1("jobs")
    run(_TABLES)
    # A row lock asks for the right to update a column; none that it holds is changed by the API.
    grant("jobs", "seeker", api="SELECT, UPDATE (state)", worker="SELECT, INSERT, UPDATE")
    grant("jobs", "interview", api="SELECT, INSERT", worker="SELECT")
    grant("jobs", "offer", api="SELECT, INSERT", worker="SELECT")
    grant("jobs", "placement", api="SELECT, INSERT", worker="SELECT, UPDATE")
    grant("jobs", "spell")
    grant("jobs", "spell_proof")
    for table in ("seeker", "interview", "offer", "placement"):
        protect("jobs", table)
