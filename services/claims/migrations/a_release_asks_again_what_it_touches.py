"""A question knows what was looked up in the statute book to answer it, and a release lists what it touches."""

from shared.persistence.platform import grant, run

revision = "claims_0019"
down_revision = "claims_0018"

# Nothing was in production: no running release uses these tables meanwhile, and there are few rows to move.
_LAW = """
-- What was looked up, once for all questions that looked up the same; nothing refers to it by a key: whoever asks would
-- lock the few rows that everybody refers to.
CREATE TABLE law_lookups (hash text PRIMARY KEY, body text NOT NULL);
-- Of a question that was asked before, nobody knows: it is asked again.
ALTER TABLE question ADD COLUMN lookups text;
ALTER TABLE question ADD COLUMN law_on date;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_question_lookups ON question (lookups, law_on, claim);
-- The release that is at work, when one of its workers last looked, and the day by whose known law all was compared.
CREATE TABLE law_release (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    release text NOT NULL,
    seen_at timestamptz NOT NULL,
    compared_on date
);
CREATE TABLE claim_to_ask (claim uuid PRIMARY KEY REFERENCES claim);
"""


def upgrade() -> None:
    """Make them, and say who may do what."""
    run(_LAW)
    grant("claims", "law_lookups", worker="SELECT, INSERT")
    grant("claims", "law_release", worker="SELECT, INSERT, UPDATE")
    grant("claims", "claim_to_ask", worker="SELECT, INSERT, DELETE")
