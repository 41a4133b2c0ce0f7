"""What a board advises leads into a referral; after a discharge into another one of the same claim."""

from shared.persistence.platform import grant, protect, run

revision = "rehab_0021"
down_revision = "rehab_0020"

# Whoever opens one of a claim takes turns on the claim, under an id that follows from the claim and, of a further one,
# from what advised it.
_TABLES = """
CREATE TABLE advice (
    board_case uuid PRIMARY KEY,
    tenant text NOT NULL DEFAULT 'organisation:1',
    claim uuid NOT NULL,
    revision integer NOT NULL,
    person bigint NOT NULL,
    happened_on date NOT NULL,
    sat_on date NOT NULL,
    advice text NOT NULL
);
CREATE INDEX ix_advice_claim ON advice (claim);
CREATE INDEX ix_advice_person ON advice (person);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_referral_claim ON referral (claim);
-- squawk-ignore ban-drop-constraint
ALTER TABLE referral DROP CONSTRAINT referral_claim_key;
"""


def upgrade() -> None:
    """The worker keeps what boards advise; officers read it with the referral."""
    run(_TABLES)
    grant("rehab", "advice", api="SELECT")
    protect("rehab", "advice")
