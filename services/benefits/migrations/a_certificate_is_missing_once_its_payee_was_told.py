"""A certificate is missing once a letter about it has reached whoever was asked; who acts for a payee sees it too."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "benefits_0051"
down_revision = "benefits_0050"

_TOLD = """
-- What letters about it have in common; none of those that were asked for before anybody was written to.
ALTER TABLE certificate_request ADD COLUMN matter uuid;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_certificate_request_matter ON certificate_request (matter) WHERE matter IS NOT NULL;

CREATE TABLE letter_told (
    letter uuid PRIMARY KEY,
    matter uuid NOT NULL,
    -- Whom it was written to.
    party text NOT NULL,
    -- The day on which it arrived; null: it came back.
    told_on date,
    -- How many receipts say so.
    revision integer NOT NULL
);
CREATE INDEX ix_letter_told_matter ON letter_told (matter);

-- The same document for two payees is looked at by officers.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_party_statement_certificate ON party_statement (evidence) WHERE kind = 'certificate';
"""
_ME = "current_setting('jaring.tenant', true)"
# Whoever acts sees it for the days for which it acts: on the business day that the service says; without one, nothing.
_TODAY = "CAST(nullif(current_setting('jaring.today', true), '') AS date)"
_OF_ME = f"party = ANY (CAST((SELECT parties_of({_ME})) AS text[]))"
_MINE = f"{_OF_ME} AND party LIKE 'person:%'"
_ACTING = f"acts_for({_ME}, party, {_TODAY})"
_ASKED_OF_MINE = "EXISTS (SELECT FROM certificate_request AS asked WHERE asked.matter = letter_told.matter)"


def upgrade() -> None:
    """Claims tells what became of the letters; nobody sees what is stated of a payee for whom it does not act."""
    run(_TOLD)
    grant("benefits", "letter_told", api="SELECT", worker="SELECT, INSERT, UPDATE")
    protect("benefits", "letter_told", "current_setting('jaring.role', true) = 'officer'")
    op.execute(f"CREATE POLICY letter_told_own ON letter_told FOR SELECT TO benefits_api USING ({_ASKED_OF_MINE})")
    for table, own in (
        ("party_statement", f"{_OF_ME} OR {_ACTING}"),
        ("certificate_request", f"({_MINE}) OR {_ACTING}"),
        ("certificate_reminder", f"({_MINE}) OR {_ACTING}"),
    ):
        op.execute(f"ALTER POLICY {table}_own ON {table} USING ({own})")
