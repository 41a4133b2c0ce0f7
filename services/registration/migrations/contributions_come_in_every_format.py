"""Contributions come in every format; an employer chooses what the amount of its legacy file means, as a fact."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0039"
down_revision = "registration_0038"

# What came before is the combined file, read by itself.
_READING = """
ALTER TABLE contribution_file
    ADD COLUMN format text NOT NULL DEFAULT 'combined_278'
        CHECK (format IN ('combined_278', 'legacy_223', 'csv', 'json')),
    ADD COLUMN separator text NOT NULL DEFAULT 'comma' CHECK (separator IN ('comma', 'semicolon')),
    ADD COLUMN part text NOT NULL DEFAULT 'both' CHECK (part IN ('both', 'act4', 'act800')),
    ADD COLUMN amount text CHECK (amount IN ('wage', 'total')),
    ADD COLUMN months integer[] NOT NULL DEFAULT '{}';
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE contribution_file ADD CONSTRAINT contribution_file_template_check
    CHECK ((amount IS NOT NULL) = (format = 'legacy_223'));
-- Nothing was in production: nobody waits while the index is made.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_file_employer_unfinished ON contribution_file (employer, receipt)
    WHERE finished_at IS NULL;
"""
_TEMPLATE = """
CREATE TABLE legacy_template_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    employer integer NOT NULL REFERENCES employer,
    part text NOT NULL CHECK (part IN ('both', 'act4', 'act800')),
    amount text NOT NULL CHECK (amount IN ('wage', 'total')),
    recorded_at timestamptz NOT NULL,
    source text NOT NULL,
    CHECK (tenant = 'employer:' || employer)
);
CREATE INDEX ix_legacy_template_fact_employer_part ON legacy_template_fact (employer, part, id);
"""
_OF_BEFORE = ("file", "tenant", "employer", "digest", "lines", "received_at")
_AS_RECEIVED = (*_OF_BEFORE, "format", "separator", "part", "amount", "months")


def upgrade() -> None:
    """How a file is read stands as it was received; the last fact of an employer and part is its template."""
    run(_READING)
    run(_TEMPLATE)
    # The trigger of before names the columns of before; that nothing is deleted stays as it was.
    run("DROP TRIGGER never_changed ON contribution_file;\n")
    never_changed("contribution_file", *_AS_RECEIVED, deletable=True)
    grant("registration", "legacy_template_fact", api="SELECT, INSERT", worker="SELECT")
    protect("registration", "legacy_template_fact")
    never_changed("legacy_template_fact")
