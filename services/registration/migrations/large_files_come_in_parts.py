"""Large files come in parts, and many files in an archive that an agent of many employers sends."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0046"
down_revision = "registration_0045"

# What an upload says of itself grows with each part; how it is read, and whose it is, stands.
_UPLOAD = """
CREATE TABLE upload (
    upload uuid PRIMARY KEY,
    tenant text NOT NULL,
    is_of_officer boolean NOT NULL,
    length bigint NOT NULL CHECK (length > 0),
    format text NOT NULL CHECK (format IN ('combined_278', 'legacy_223', 'csv')),
    separator text NOT NULL CHECK (separator IN ('comma', 'semicolon')),
    part text NOT NULL CHECK (part IN ('both', 'act4', 'act800')),
    months integer[] NOT NULL,
    stated_lines integer,
    stated_sen bigint,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'complete', 'refused')),
    received bigint NOT NULL CHECK (received >= 0 AND received <= length),
    -- Of what is cut into pieces.
    header bytea NOT NULL,
    pieces integer NOT NULL,
    lines integer NOT NULL,
    employer_code text NOT NULL,
    wages_sen bigint NOT NULL,
    -- Of what is not: its first byte, the lines that end in it, and the bytes of the line that does not.
    cut_to bigint NOT NULL,
    line_ends integer NOT NULL,
    open_bytes integer NOT NULL,
    file uuid,
    fault_code text,
    fault_detail text,
    fault_line integer,
    CHECK ((state = 'refused') = (fault_code IS NOT NULL)),
    CHECK ((state = 'complete') = (file IS NOT NULL))
);
CREATE INDEX ix_upload_tenant ON upload (tenant, upload);
CREATE INDEX ix_upload_expires_at ON upload (expires_at);

CREATE TABLE upload_chunk (
    upload uuid NOT NULL REFERENCES upload ON DELETE CASCADE,
    first_byte bigint NOT NULL,
    tenant text NOT NULL,
    content_sealed bytea NOT NULL,
    PRIMARY KEY (upload, first_byte)
);
ALTER TABLE upload_chunk ALTER COLUMN content_sealed SET STORAGE EXTERNAL;
"""
_ARCHIVE = """
CREATE TABLE contribution_archive (
    archive uuid PRIMARY KEY,
    tenant text NOT NULL,
    is_of_officer boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'finished')),
    members integer NOT NULL CHECK (members > 0),
    format text NOT NULL CHECK (format IN ('combined_278', 'legacy_223', 'csv')),
    separator text NOT NULL CHECK (separator IN ('comma', 'semicolon')),
    part text NOT NULL CHECK (part IN ('both', 'act4', 'act800')),
    months integer[] NOT NULL,
    received_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- Until its members are files of their own.
    content_sealed bytea,
    CHECK ((state = 'finished') = (finished_at IS NOT NULL)),
    CHECK ((state = 'finished') = (content_sealed IS NULL))
);
ALTER TABLE contribution_archive ALTER COLUMN content_sealed SET STORAGE EXTERNAL;

CREATE TABLE archive_member (
    archive uuid NOT NULL REFERENCES contribution_archive,
    number integer NOT NULL CHECK (number > 0),
    tenant text NOT NULL,
    name_sealed bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'refused')),
    file uuid REFERENCES contribution_file,
    code text,
    detail text,
    line integer,
    PRIMARY KEY (archive, number),
    CHECK ((state = 'received') = (file IS NOT NULL)),
    CHECK ((state = 'refused') = (code IS NOT NULL))
);

CREATE TABLE employer_agent_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    employer integer NOT NULL REFERENCES employer,
    agent text NOT NULL,
    granted boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (tenant = 'employer:' || employer)
);
CREATE INDEX ix_employer_agent_fact_employer_agent ON employer_agent_fact (employer, agent, id);
"""
_SENT = ("archive", "tenant", "is_of_officer", "members", "format", "separator", "part", "months", "received_at")
_STANDS = (
    *("upload", "tenant", "is_of_officer", "length", "format", "separator", "part", "months", "stated_lines"),
    *("stated_sen", "created_at", "expires_at"),
)


def upgrade() -> None:
    """An upload goes when it is over: what became of it is a contribution file, or nothing."""
    run(_UPLOAD)
    grant("registration", "upload", api="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, UPDATE, DELETE")
    grant("registration", "upload_chunk", api="SELECT, INSERT, DELETE", worker="SELECT, DELETE")
    for table in ("upload", "upload_chunk"):
        protect("registration", table)
    never_changed("upload", *_STANDS, deletable=True)
    never_changed("upload_chunk", deletable=True)
    run(_ARCHIVE)
    grant("registration", "contribution_archive", api="SELECT, INSERT", worker="SELECT, UPDATE")
    grant("registration", "archive_member", api="SELECT", worker="SELECT, INSERT")
    grant("registration", "employer_agent_fact", api="SELECT, INSERT", worker="SELECT")
    for table in ("contribution_archive", "archive_member", "employer_agent_fact"):
        protect("registration", table)
    never_changed("contribution_archive", *_SENT)
    never_changed("archive_member")
    never_changed("employer_agent_fact")
