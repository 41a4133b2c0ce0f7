"""Large files are kept and worked off in pieces: what was done of a file stands with the lines that it took."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0045"
down_revision = "registration_0044"

# What is begun takes no new receipt: lines of it stand already. So the same bytes that come meanwhile are another file.
_FILE = """
ALTER TABLE contribution_file
    ADD COLUMN pieces integer NOT NULL DEFAULT 0 CHECK (pieces >= 0),
    ADD COLUMN begun_at timestamptz;
-- Nothing was in production: nobody waits while the index is made.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX uq_contribution_file_unfinished;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_contribution_file_unfinished ON contribution_file (tenant, employer, digest)
    WHERE finished_at IS NULL AND begun_at IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_file_begun ON contribution_file (employer)
    WHERE finished_at IS NULL AND begun_at IS NOT NULL;
"""
# A piece may be kept before there is a file: while it is being uploaded. What is sealed does not get smaller.
_PIECES = """
CREATE TABLE contribution_piece (
    file uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    tenant text NOT NULL,
    first_line integer NOT NULL CHECK (first_line > 0),
    lines integer NOT NULL CHECK (lines > 0),
    digest bytea NOT NULL,
    content_sealed bytea NOT NULL,
    PRIMARY KEY (file, number)
);
ALTER TABLE contribution_piece ALTER COLUMN content_sealed SET STORAGE EXTERNAL;
ALTER TABLE contribution_upload ALTER COLUMN content_sealed SET STORAGE EXTERNAL;

CREATE TABLE contribution_file_plan (
    file uuid PRIMARY KEY REFERENCES contribution_file,
    tenant text NOT NULL,
    months integer[] NOT NULL,
    repeated_lines integer[] NOT NULL
);

CREATE TABLE contribution_piece_done (
    file uuid NOT NULL REFERENCES contribution_file,
    number integer NOT NULL,
    tenant text NOT NULL,
    accepted_lines integer NOT NULL CHECK (accepted_lines >= 0),
    has_faults boolean NOT NULL,
    changed_months integer[] NOT NULL,
    PRIMARY KEY (file, number)
);

CREATE TABLE contribution_piece_sum (
    file uuid NOT NULL REFERENCES contribution_file,
    number integer NOT NULL,
    month integer NOT NULL,
    basis text NOT NULL CHECK (basis IN ('declared', 'brought')),
    tenant text NOT NULL,
    lines integer NOT NULL CHECK (lines > 0),
    wages_sen bigint NOT NULL,
    act4_employer_sen bigint NOT NULL,
    act4_employee_sen bigint NOT NULL,
    act800_employer_sen bigint NOT NULL,
    act800_employee_sen bigint NOT NULL,
    skbbk_employee_sen bigint NOT NULL,
    PRIMARY KEY (file, number, month, basis)
);
"""
_AS_RECEIVED = ("file", "tenant", "employer", "digest", "lines", "received_at", "pieces")
_READING = ("format", "separator", "part", "amount", "months")


def upgrade() -> None:
    """Pieces as they were received, what the whole file says of each line, and what was done of each piece."""
    run(_FILE)
    run(_PIECES)
    # The trigger of before names the columns of before.
    run("DROP TRIGGER never_changed ON contribution_file;\n")
    never_changed("contribution_file", *_AS_RECEIVED, *_READING, deletable=True)
    grant("registration", "contribution_piece", api="SELECT, INSERT, DELETE", worker="SELECT, INSERT, DELETE")
    grant("registration", "contribution_file_plan", api="SELECT", worker="SELECT, INSERT")
    grant("registration", "contribution_piece_done", api="SELECT", worker="SELECT, INSERT")
    grant("registration", "contribution_piece_sum", api="SELECT", worker="SELECT, INSERT")
    for table in ("contribution_file_plan", "contribution_piece_done", "contribution_piece_sum"):
        protect("registration", table)
        never_changed(table)
    protect("registration", "contribution_piece")
    never_changed("contribution_piece", deletable=True)
