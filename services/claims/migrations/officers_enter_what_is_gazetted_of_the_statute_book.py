"""Officers enter what is gazetted of the statute book: one enters it, and another one lets it count."""

from shared.persistence.platform import create_law_entries, grant, never_changed, protect, run

revision = "claims_0054"
down_revision = "claims_0053"

_DESK = """
CREATE TABLE figure_entry (
    id uuid PRIMARY KEY,
    -- For whom the officer acts who entered it.
    tenant text NOT NULL,
    figure text NOT NULL,
    in_force date NOT NULL,
    -- Rows of cells, as a table of the book has them in its file; none ends the figure.
    cells jsonb NOT NULL CHECK (jsonb_typeof(cells) = 'array'),
    law text NOT NULL,
    instrument text NOT NULL,
    gazetted_on date NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL
);
CREATE INDEX ix_figure_entry_figure ON figure_entry (figure, id);

CREATE TABLE figure_entry_answer (
    figure_entry uuid PRIMARY KEY REFERENCES figure_entry,
    tenant text NOT NULL,
    counts boolean NOT NULL,
    -- Of one that counts: which it is of all of them, and the day from which on it is known.
    edition integer UNIQUE CHECK (edition > 0),
    known date,
    proposed_by text NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> proposed_by),
    at timestamptz NOT NULL,
    CHECK (counts = (edition IS NOT NULL)),
    CHECK (counts = (known IS NOT NULL))
);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """What was entered and answered stays; of what counts every process reads."""
    create_law_entries("claims", api="SELECT, INSERT", worker="SELECT, INSERT")
    never_changed("law_entry")
    run(_DESK)
    for table in ("figure_entry", "figure_entry_answer"):
        grant("claims", table, api="SELECT, INSERT", worker="SELECT, INSERT")
        protect("claims", table, mine=_OFFICER)
        never_changed(table)
