"""Medical boards: sessions with a panel, the cases before them, and all that happened to either."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0044"
down_revision = "claims_0043"

_TABLES = """
CREATE TABLE board_session (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    board text NOT NULL CHECK (board IN ('medical', 'special', 'appellate_medical')),
    day date NOT NULL,
    place text NOT NULL,
    quota integer NOT NULL CHECK (quota > 0),
    secretary text NOT NULL,
    planned_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'closed', 'called_off')),
    revision integer NOT NULL CHECK (revision > 0),
    chairman text,
    members text[] NOT NULL,
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by),
    decided_at timestamptz,
    CHECK ((state = 'planned') = (decided_at IS NULL) AND (decided_at IS NULL) = (approved_by IS NULL)),
    CHECK (state <> 'closed' OR chairman IS NOT NULL)
);
CREATE INDEX ix_board_session_day ON board_session (day, id) WHERE state = 'planned';

CREATE TABLE board_case (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    board text NOT NULL CHECK (board IN ('medical', 'special', 'appellate_medical')),
    question text NOT NULL,
    put_by text NOT NULL,
    put_at timestamptz NOT NULL,
    about uuid REFERENCES board_case,
    treated_by text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'invited', 'heard', 'absent', 'decided', 'ended')),
    revision integer NOT NULL CHECK (revision > 0),
    session uuid REFERENCES board_session,
    sits_on date,
    place text,
    invited_at timestamptz,
    justified_by text,
    absences integer NOT NULL CHECK (absences >= 0),
    adjournments integer NOT NULL CHECK (adjournments >= 0),
    result jsonb,
    found_by text,
    decided_at timestamptz,
    CHECK ((state IN ('invited', 'heard', 'decided')) = (session IS NOT NULL)),
    CHECK (state <> 'decided' OR result IS NOT NULL),
    CHECK ((state IN ('decided', 'ended')) = (decided_at IS NOT NULL)),
    CHECK ((result IS NULL) = (found_by IS NULL))
);
-- A claim comes before a board once at a time.
CREATE UNIQUE INDEX uq_board_case_open ON board_case (claim, board) WHERE state NOT IN ('decided', 'ended');
CREATE INDEX ix_board_case_claim ON board_case (claim, id);
CREATE INDEX ix_board_case_session ON board_case (session, id) WHERE session IS NOT NULL;

CREATE TABLE board_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    session uuid,
    board_case uuid,
    revision integer NOT NULL,
    what text NOT NULL,
    at timestamptz NOT NULL,
    acted_by text NOT NULL,
    said jsonb NOT NULL,
    CHECK (session IS NOT NULL OR board_case IS NOT NULL)
);
CREATE INDEX ix_board_event_case ON board_event (board_case, id) WHERE board_case IS NOT NULL;
CREATE INDEX ix_board_event_session ON board_event (session, id) WHERE session IS NOT NULL;
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
# The person, and whom officers were shown to act for it.
_OWN = """
EXISTS (SELECT FROM claim WHERE claim.id = board_case.claim AND claim.relation IS NOT NULL
        AND (claim.person = ANY (CAST((SELECT own_numbers()) AS bigint[]))
             OR (claim.relation = 'shown' AND claim.tenant = current_setting('jaring.tenant', true))))
"""
_SET = (
    "state, revision, session, sits_on, place, invited_at, justified_by, absences, adjournments, result, found_by, "
    "decided_at"
)


def upgrade() -> None:
    """Officers write, and the worker what follows from days; a person asks for a board and reads its own."""
    run(_TABLES)
    panel = "state, revision, chairman, members, proposed_by, approved_by, decided_at"
    grant("claims", "board_session", api=f"SELECT, INSERT, UPDATE ({panel})", worker=f"SELECT, UPDATE ({panel})")
    grant("claims", "board_case", api=f"SELECT, INSERT, UPDATE ({_SET})", worker=f"SELECT, INSERT, UPDATE ({_SET})")
    grant("claims", "board_event", api="SELECT, INSERT", worker="SELECT, INSERT")
    protect("claims", "board_session", mine=_OFFICER)
    protect("claims", "board_case")
    protect("claims", "board_event")
    op.execute(f"CREATE POLICY board_case_own ON board_case FOR SELECT TO claims_api USING ({_OWN})")
    # A partner changes nothing of what it asked for.
    changed = (
        f"CREATE POLICY board_case_changed ON board_case AS RESTRICTIVE FOR UPDATE TO claims_api USING ({_OFFICER})"
    )
    op.execute(changed)
    never_changed("board_session", "id", "tenant", "board", "day", "place", "quota", "secretary", "planned_at")
    never_changed("board_case", "id", "claim", "tenant", "board", "question", "put_by", "put_at", "about")
    never_changed("board_event")
