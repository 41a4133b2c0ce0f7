"""The platform's own tables, as versioned functions that each service's migrations call (docs/architecture.md).

A service's first migration calls ``create_platform_v1``; a later change is a new function, never an edit of an old one.
Who may do what is granted here: the API's role adds to the outbox and to due work, the worker's role does the rest.
"""

from collections.abc import Mapping, Sequence

from alembic import op

_TABLES_V1 = """
CREATE TABLE epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch bigint NOT NULL DEFAULT 1
);
INSERT INTO epoch DEFAULT VALUES;

CREATE TABLE stream (
    topic text NOT NULL,
    aggregate text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (topic, aggregate)
);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    money_sen bigint NOT NULL DEFAULT 0,
    -- The business day on which it was announced; none for what is no news: announcements and dead letters.
    day date,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz,
    kafka_partition integer,
    kafka_offset bigint
) WITH (autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX ix_outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX ix_outbox_published_at ON outbox (published_at) WHERE published_at IS NOT NULL;

CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, event_id)
) WITH (autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX ix_inbox_handled_at ON inbox (handled_at);

CREATE TABLE stream_seen (
    topic text NOT NULL,
    aggregate text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (topic, aggregate)
);

CREATE TABLE totals_sent (
    topic text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (topic, day)
);

CREATE TABLE daily_total (
    topic text NOT NULL,
    day date NOT NULL,
    events bigint NOT NULL DEFAULT 0,
    money_sen bigint NOT NULL DEFAULT 0,
    stated_events bigint,
    stated_money_sen bigint,
    PRIMARY KEY (topic, day)
);

CREATE TABLE in_hand (
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    first_offset bigint NOT NULL,
    last_offset bigint NOT NULL,
    attempts integer NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, kafka_partition, first_offset)
);

CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    kafka_partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (topic, kafka_partition, kafka_offset)
);
CREATE INDEX ix_parked_topic_key ON parked (topic, key, id);

CREATE TABLE freshness (
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    partitions integer NOT NULL,
    epoch bigint NOT NULL,
    complete_until timestamptz NOT NULL,
    PRIMARY KEY (topic, kafka_partition)
);

CREATE TABLE due_work (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    payload text NOT NULL,
    due_at timestamptz NOT NULL,
    waits_for text[] NOT NULL,
    recheck_after xid8,
    armed bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    failed text,
    correlation_id text NOT NULL,
    causation_id text,
    trace jsonb NOT NULL,
    UNIQUE (kind, payload)
) WITH (autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX ix_due_work_due_at ON due_work (due_at) WHERE failed IS NULL;
CREATE INDEX ix_due_work_recheck_after ON due_work (recheck_after) WHERE recheck_after IS NOT NULL;
CREATE INDEX ix_due_work_waits_for ON due_work USING gin (waits_for);

CREATE TABLE idempotency_key (
    tenant text NOT NULL,
    client_id text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, client_id, key)
);
CREATE INDEX ix_idempotency_key_created_at ON idempotency_key (created_at);
"""

_WORKER_ONLY = ("inbox", "stream_seen", "totals_sent", "daily_total", "in_hand", "parked", "freshness")


def create_platform_v1(service: str) -> None:
    """Outbox, streams, inbox, work in flight, parked messages, freshness, due work and idempotency keys."""
    run(_TABLES_V1)
    grant(service, "epoch", api="SELECT", worker="SELECT, UPDATE")
    grant(service, "stream", api="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE")
    grant(service, "outbox", api="INSERT", worker="SELECT, INSERT, UPDATE, DELETE")
    grant(service, "due_work", api="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, INSERT, UPDATE, DELETE")
    grant(service, "idempotency_key", api="SELECT, INSERT, UPDATE", worker="SELECT, DELETE")
    protect(service, "idempotency_key")
    for table in _WORKER_ONLY:
        grant(service, table, worker="SELECT, INSERT, UPDATE, DELETE")


def create_platform_v2(service: str) -> None:
    """The standard names: a table of work in flight, and what waits under the new names of its commands."""
    # Nothing was in production when it was renamed: no running release reads the table by its old name.
    op.execute("-- squawk-ignore renaming-table\nALTER TABLE in_hand RENAME TO in_flight")
    op.execute("DELETE FROM due_work WHERE kind = 'keep_house'")
    op.execute(f"UPDATE due_work SET kind = 'republish_{service}' WHERE kind = 'announce_{service}'")  # noqa: S608


def index_failed_due_work() -> None:
    """What failed for good is counted for its gauge without reading all that waits."""
    # Nothing was in production: no running release is held up while the index is made.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_due_work_failed ON due_work (kind) WHERE failed IS NOT NULL"
    )


_NEVER_CHANGED = """
CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'what stands in % is never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def keep_stored_answers(service: str) -> None:
    """What was answered is never answered otherwise, and the trigger with which a service says so of its own tables."""
    op.execute(_NEVER_CHANGED)
    op.execute(f"REVOKE UPDATE ON idempotency_key FROM {service}_api")
    # A stored answer goes when its days are over.
    never_changed("idempotency_key", deletable=True)


def never_changed(table: str, *columns: str, deletable: bool = False) -> None:
    """Refuse every role, the owner too, to change these columns (all, where none is named) or to delete a row.

    It comes beside the grants: those keep a role from trying, this holds for a role that was granted too much.
    """
    changed = f"WHEN (({_of('OLD', columns)}) IS DISTINCT FROM ({_of('NEW', columns)}))" if columns else ""
    op.execute(
        f'CREATE TRIGGER never_changed BEFORE UPDATE ON "{table}" FOR EACH ROW {changed} '
        "EXECUTE FUNCTION never_changed()"
    )
    if not deletable:
        op.execute(
            f'CREATE TRIGGER never_deleted BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION never_changed()'
        )
        op.execute(
            f'CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT '
            "EXECUTE FUNCTION never_changed()"
        )


def _of(row: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)


_PARKED_V3 = """
ALTER TABLE parked ADD COLUMN fault text;
ALTER TABLE parked ADD COLUMN holds boolean;
ALTER TABLE parked ADD COLUMN states_key text;
UPDATE parked SET holds = key <> '', fault = CASE
    WHEN reason LIKE 'behind %' THEN 'behind' WHEN reason LIKE 'ended the process %' THEN 'ended_the_process'
    WHEN reason LIKE 'envelope: %' THEN 'bad_envelope' WHEN reason LIKE 'data: %' THEN 'bad_data' ELSE 'failed' END;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE parked ALTER COLUMN fault SET NOT NULL;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE parked ALTER COLUMN holds SET NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_parked_states_key ON parked (topic, states_key) WHERE states_key IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_parked_holds_nothing ON parked (topic) WHERE NOT holds;

CREATE TABLE parked_action (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action text NOT NULL CHECK (action IN ('replayed', 'discarded', 'fixed')),
    topic text NOT NULL,
    key text NOT NULL,
    kafka_partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    fault text NOT NULL,
    fingerprint bytea NOT NULL,
    acted_by text NOT NULL,
    why text NOT NULL,
    -- The record as it was before it was fixed.
    headers_before jsonb,
    payload_before bytea,
    acted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_parked_action_fingerprint ON parked_action (fingerprint) WHERE action <> 'replayed';
"""


def create_platform_v3(service: str) -> None:
    """Parked records have a class and say whether their key waits; what is done to them is written down for good."""
    run(_PARKED_V3)
    grant(service, "parked_action", worker="SELECT, INSERT")


_TABLES_V4 = """
ALTER TABLE epoch
    -- The life of the database that was looked into last, and why it may not act, if it may not (life.py).
    ADD COLUMN life text,
    ADD COLUMN held text CHECK (held IN ('reading_back', 'reading_again', 'topics_begin_later')),
    ADD COLUMN held_since timestamptz,
    ADD COLUMN released_by text,
    ADD COLUMN released_for text;

-- The next record of each partition: of a topic that is listened to, the first whose effects are not in this database;
-- of its own topics, the first that its outbox does not know. "read_to" is where a database that was put back is itself
-- again.
CREATE TABLE read_position (
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    read_to bigint,
    PRIMARY KEY (topic, kafka_partition)
);
"""


def create_platform_v4(service: str) -> None:
    """Where reading stands, and whether the database was put back: in the transactions of the effects."""
    run(_TABLES_V4)
    grant(service, "read_position", worker="SELECT, INSERT, UPDATE, DELETE")


_TABLES_V5 = """
-- Nothing was in production: no running release reads these two, which the next hold would have emptied.
-- squawk-ignore ban-drop-column
ALTER TABLE epoch DROP COLUMN released_by;
-- squawk-ignore ban-drop-column
ALTER TABLE epoch DROP COLUMN released_for;
ALTER TABLE epoch
    -- What this database cannot learn again while it is held: then an officer must look.
    ADD COLUMN lost text,
    -- Whether the service has done in this hold what it does before its events are read back.
    ADD COLUMN recall_begun boolean NOT NULL DEFAULT false;

CREATE TABLE database_release (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch bigint NOT NULL,
    lost text NOT NULL,
    released_by text NOT NULL,
    why text NOT NULL,
    released_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


def create_platform_v5(service: str) -> None:
    """What a held database lost is remembered until an officer releases it; who did and why stands for good."""
    run(_TABLES_V5)
    grant(service, "database_release", worker="SELECT, INSERT")
    never_changed("database_release")


_PARKED_V6 = """
-- Nothing was in production: no running release parks by the constraint, or is held up while the indexes are made.
-- squawk-ignore ban-drop-constraint
ALTER TABLE parked DROP CONSTRAINT parked_topic_kafka_partition_kafka_offset_key;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_parked_record ON parked
    (topic, kafka_partition, kafka_offset, key, hashtextextended(headers::text, 0), sha256(payload));
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_parked_action_fingerprint;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_parked_action_place ON parked_action (topic, kafka_partition, kafka_offset);
"""


def create_platform_v6() -> None:
    """A topic that was made again begins at its first offset: what is parked is told apart by what it says as well."""
    run(_PARKED_V6)


def create_platform_v7() -> None:
    """An event is found in the outbox by its id, by a database that was put back: of every batch that it reads back."""
    # Nothing was in production: no running release is held up while the index is made.
    run("-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX ix_outbox_event_id ON outbox (event_id);\n")


_TABLES_V8 = """
CREATE TABLE task (
    id uuid PRIMARY KEY,
    queue text NOT NULL,
    -- Its kind and its parts, as shared.kernel.subjects writes them.
    subject text NOT NULL,
    -- Of the subject: the newest that the service stated, and what of it an approval rests on.
    revision integer NOT NULL CHECK (revision >= 0),
    facts jsonb NOT NULL,
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'taken', 'proposed', 'approved', 'closed')),
    opened_at timestamptz NOT NULL,
    -- Working days of the client charter, and the instant at which they are over: never, while the clock is stopped.
    charter_days integer NOT NULL CHECK (charter_days > 0),
    due_at timestamptz NOT NULL,
    stopped_for text,
    taken_by text,
    -- What was proposed, by whom and on which revision.
    proposal jsonb,
    proposed_by text,
    proposed_revision integer,
    approved_by text,
    closed_at timestamptz,
    events integer NOT NULL CHECK (events > 0),
    CONSTRAINT ck_task_taken CHECK ((state = 'open') = (taken_by IS NULL) OR state = 'closed'),
    CONSTRAINT ck_task_proposed CHECK (
        (proposal IS NULL) = (proposed_by IS NULL) AND (proposal IS NULL) = (proposed_revision IS NULL)
        AND CASE state WHEN 'proposed' THEN proposal IS NOT NULL WHEN 'approved' THEN proposal IS NOT NULL
                       ELSE proposal IS NULL END),
    CONSTRAINT ck_task_four_eyes CHECK (
        (state = 'approved') = (approved_by IS NOT NULL) AND (approved_by IS NULL OR approved_by <> proposed_by)),
    CONSTRAINT ck_task_over CHECK ((state IN ('approved', 'closed')) = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX uq_task_live ON task (queue, subject) WHERE closed_at IS NULL;
CREATE INDEX ix_task_subject ON task (queue, subject);
CREATE INDEX ix_task_live_due_at ON task (due_at, id) WHERE closed_at IS NULL;
CREATE INDEX ix_task_due_at ON task (due_at, id);

CREATE TABLE task_event (
    task uuid NOT NULL REFERENCES task,
    number integer NOT NULL CHECK (number > 0),
    what text NOT NULL CHECK (what IN ('opened', 'restated', 'taken', 'released', 'stopped', 'resumed', 'proposed',
                                       'withdrawn', 'approved', 'refused', 'closed')),
    at timestamptz NOT NULL,
    -- An officer; none: the machine.
    acted_by text,
    reason text,
    revision integer NOT NULL,
    facts jsonb NOT NULL,
    proposal jsonb,
    PRIMARY KEY (task, number)
);
CREATE UNIQUE INDEX uq_task_event_approved ON task_event (task) WHERE what = 'approved';
"""
_OVER = """
CREATE TRIGGER over_is_over BEFORE UPDATE ON task FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL)
    EXECUTE FUNCTION never_changed()
"""


def create_platform_v8(service: str) -> None:
    """What waits for a person, and all that happened to it: seen by officers only, and what happened never changes."""
    run(_TABLES_V8)
    for table, granted in (("task", "SELECT, INSERT, UPDATE"), ("task_event", "SELECT, INSERT")):
        grant(service, table, api=granted, worker=granted)
        protect(service, table, mine=_IS_OFFICER)
    never_changed("task", "id", "queue", "subject", "opened_at", "charter_days")
    op.execute(_OVER)
    never_changed("task_event")


_TABLES_V9 = """
-- Nothing was in production: no running release is held up while a table of few rows or an index is written again.
-- squawk-ignore changing-column-type
ALTER TABLE daily_total ALTER COLUMN money_sen TYPE numeric;

-- What was handled before has no topic: it keeps the key that it had.
ALTER TABLE inbox ADD COLUMN topic text NOT NULL DEFAULT '';
-- squawk-ignore ban-drop-constraint
ALTER TABLE inbox DROP CONSTRAINT inbox_pkey;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid
ALTER TABLE inbox ADD PRIMARY KEY (consumer, topic, event_id);

-- The epoch that a person did not believe.
CREATE TABLE freshness_forgotten (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    epoch bigint NOT NULL,
    forgotten_by text NOT NULL,
    why text NOT NULL,
    forgotten_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


def create_platform_v9(service: str) -> None:
    """No foreign record fills up the sum of a day or makes another topic's a repeat; a forged epoch is taken back."""
    run(_TABLES_V9)
    grant(service, "freshness_forgotten", worker="SELECT, INSERT")
    never_changed("freshness_forgotten")


_OPEN_REQUEST = """
CREATE FUNCTION open_request(
    caller_tenant text, caller_role text, caller_client text, given_key text,
    OUT is_free boolean, OUT request_hash bytea, OUT status integer, OUT headers text, OUT body bytea
) LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
BEGIN
    PERFORM set_config('jaring.tenant', caller_tenant, true), set_config('jaring.role', caller_role, true);
    is_free := pg_try_advisory_xact_lock(
        hashtextextended(caller_tenant || '/' || caller_client || '/' || given_key, 0));
    IF is_free THEN
        -- Whoever had the lock before has committed: a statement that begins now sees what it kept.
        SELECT kept.request_hash, kept.status, kept.headers::text, kept.body INTO request_hash, status, headers, body
        FROM idempotency_key AS kept
        WHERE kept.tenant = caller_tenant AND kept.client_id = caller_client AND kept.key = given_key;
    END IF;
END $$
"""


def create_platform_v10(service: str) -> None:
    """A request's tenancy, the lock on its key and what was answered to it are one statement, and so one round trip."""
    op.execute(_OPEN_REQUEST)
    op.execute("REVOKE EXECUTE ON FUNCTION open_request(text, text, text, text) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION open_request(text, text, text, text) TO {service}_api")


_INBOUND = """
CREATE TABLE inbound_event (
    event uuid PRIMARY KEY,
    -- In the order in which they arrived.
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    tenant text NOT NULL,
    source text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    -- Keyed hashes: of what it says, of whom it is about, of what a later event of the same key corrects.
    digest bytea NOT NULL,
    about bytea,
    key bytea,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    received_on date NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'accepted', 'warned', 'refused', 'parked')),
    at_door boolean NOT NULL,
    answer jsonb NOT NULL,
    answered_at timestamptz,
    parked_until timestamptz,
    -- The command that it becomes, until it is worked off.
    sealed bytea,
    UNIQUE (tenant, source, id),
    CONSTRAINT ck_inbound_event_sealed CHECK ((sealed IS NOT NULL) = (state IN ('received', 'parked'))),
    CONSTRAINT ck_inbound_event_known CHECK (at_door = (about IS NULL) AND at_door = (key IS NULL))
);
CREATE INDEX ix_inbound_event_received ON inbound_event (tenant, number) WHERE state = 'received';
CREATE INDEX ix_inbound_event_parked ON inbound_event (tenant, key) WHERE state = 'parked';
CREATE INDEX ix_inbound_event_tenant ON inbound_event (tenant, number);
CREATE INDEX ix_inbound_event_day ON inbound_event (tenant, received_on, type);
"""
_SENT = ("event", "number", "tenant", "source", "id", "type", "digest", "about", "key", "received_at", "received_on")


def create_inbound_events(service: str) -> None:
    """What partners push: a sender sees its own; what it sent is never changed, and forgotten when it is worked off."""
    run(_INBOUND)
    worked = "SELECT, UPDATE (state, answer, answered_at, parked_until, sealed)"
    grant(service, "inbound_event", api="SELECT, INSERT", worker=worked)
    protect(service, "inbound_event")
    never_changed("inbound_event", *_SENT, "at_door")


_INBOUND_ANSWERS = """
-- A record of its sender's topic brought it, first or later: what becomes of it is told on the topic of its answers.
-- squawk-ignore adding-field-with-default
ALTER TABLE inbound_event ADD COLUMN by_topic boolean NOT NULL DEFAULT false;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_inbound_event_old ON inbound_event (received_at);
CREATE TABLE inbound_answer (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    -- As the sender reads it; none of a record that was kept as no event has the number of one.
    event uuid,
    payload text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


_KEPT_ITS_TIME = """
CREATE TRIGGER never_deleted BEFORE DELETE ON inbound_event FOR EACH ROW
WHEN (OLD.state IN ('received', 'parked') OR OLD.received_at
      > now() - interval '13 months'
) EXECUTE FUNCTION never_changed()
"""


def create_inbound_answers(service: str) -> None:
    """What partners push by Kafka: the worker takes it in, and tells what becomes of it until that is sent."""
    run(_INBOUND_ANSWERS)
    grant(service, "inbound_event", worker="INSERT, DELETE, UPDATE (by_topic)")
    grant(service, "inbound_answer", worker="SELECT, INSERT, DELETE")
    protect(service, "inbound_answer")
    never_changed("inbound_answer", deletable=True)
    # What became of an event is kept for so long, in which it is known again, and its sender reads it.
    op.execute("DROP TRIGGER never_deleted ON inbound_event")
    run(_KEPT_ITS_TIME)


_LETTERS = """
CREATE TABLE letter (
    -- Follows from the matter, the party and the revision: a letter is never written twice.
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('award', 'refusal', 'revision', 'evidence_request', 'payment_advice', 'recovery',
                                       'certificate_due')),
    -- What it is about, as shared.kernel.subjects writes it, in which revision, and whether nothing of it was pending.
    about text NOT NULL,
    revision integer NOT NULL CHECK (revision >= 0),
    is_whole boolean NOT NULL,
    -- Whom it is to.
    tenant text NOT NULL,
    dated date NOT NULL,
    -- All that it says, in every language; no name, no address.
    content bytea NOT NULL,
    content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    written_at timestamptz NOT NULL,
    UNIQUE (about, tenant, revision, is_whole)
);
CREATE INDEX ix_letter_tenant ON letter (tenant, id);

CREATE TABLE message (
    id uuid PRIMARY KEY,
    letter uuid NOT NULL REFERENCES letter,
    tenant text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('post', 'email', 'sms')),
    wording text NOT NULL CHECK (wording IN ('both', 'ms', 'en')),
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'delivered', 'undelivered', 'superseded')),
    attempts integer NOT NULL CHECK (attempts >= 0),
    -- When it is looked at next; none once nothing is to be done any more.
    next_at timestamptz,
    reason text NOT NULL DEFAULT '',
    -- Of the bytes that the gateway took last.
    sent_sha256 text,
    made_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK ((next_at IS NOT NULL) = (state IN ('waiting', 'sent'))),
    CHECK ((next_at IS NULL) = (ended_at IS NOT NULL))
);
CREATE INDEX ix_message_next_at ON message (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ix_message_waiting ON message (channel, made_at) WHERE state = 'waiting';
CREATE INDEX ix_message_letter ON message (letter);

CREATE TABLE message_event (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message uuid NOT NULL REFERENCES message,
    tenant text NOT NULL,
    what text NOT NULL CHECK (what IN ('taken', 'failed', 'given_up', 'delayed', 'delivered', 'bounced')),
    reason text NOT NULL,
    -- Of a receipt the instant that it names.
    at timestamptz NOT NULL,
    -- The provider's id of a receipt and its signature; of the word of two officers, who they are.
    receipt text,
    signature text,
    UNIQUE (message, receipt),
    CHECK ((receipt IS NULL) = (signature IS NULL))
);

CREATE TABLE message_preference (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    wording text NOT NULL CHECK (wording IN ('both', 'ms', 'en')),
    channel text NOT NULL CHECK (channel IN ('post', 'email', 'sms')),
    stated_at timestamptz NOT NULL
);
CREATE INDEX ix_message_preference_tenant ON message_preference (tenant, number);
"""


def create_letters(service: str) -> None:
    """Letters to people, the messages that bring them, what became of these, and how somebody wants to be written to.

    Letters are written by the worker alone; officers owe a message once more, and what a provider says comes by REST.
    """
    run(_LETTERS)
    grant(service, "letter", api="SELECT", worker="SELECT, INSERT")
    grant(service, "message", api="SELECT, INSERT", worker="SELECT, INSERT, UPDATE")
    grant(service, "message_event", api="SELECT, INSERT", worker="SELECT, INSERT")
    grant(service, "message_preference", api="SELECT, INSERT", worker="SELECT")
    for table in ("letter", "message", "message_event", "message_preference"):
        protect(service, table)
    for table in ("letter", "message_event", "message_preference"):
        never_changed(table)
    never_changed("message", "id", "letter", "tenant", "channel", "wording", "made_at")
    for table in ("message", "message_event"):
        op.execute(
            f"CREATE POLICY {table}_by_officers ON {table} AS RESTRICTIVE FOR INSERT TO {service}_api "
            f"WITH CHECK ({_IS_OFFICER})"
        )


_WIDER_LETTERS = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE letter DROP CONSTRAINT letter_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE letter ADD CONSTRAINT letter_kind_check CHECK (kind IN (
    'award', 'refusal', 'revision', 'evidence_request', 'payment_advice', 'recovery', 'certificate_due',
    'certificate_reminder', 'suspension', 'resumed', 'board_invitation', 'complaint_answer'));
-- Both officers who found that the person was told otherwise: their word is no receipt, and no receipt is theirs.
ALTER TABLE message_event ADD COLUMN officers text;
-- squawk-ignore ban-drop-constraint
ALTER TABLE message_event DROP CONSTRAINT message_event_what_check;
ALTER TABLE message_event DISABLE TRIGGER never_changed;
UPDATE message_event SET what = 'told_otherwise', reason = '', officers = signature, receipt = NULL, signature = NULL
    WHERE receipt LIKE 'officers-%' AND reason = 'told_otherwise' AND signature LIKE '%/%';
ALTER TABLE message_event ENABLE TRIGGER never_changed;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE message_event ADD CONSTRAINT message_event_what_check CHECK (what IN (
    'taken', 'failed', 'given_up', 'delayed', 'delivered', 'bounced', 'told_otherwise'));
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE message_event ADD CONSTRAINT message_event_officers_check
    CHECK ((what = 'told_otherwise') = (officers IS NOT NULL) AND (officers IS NULL OR receipt IS NULL));
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_message_event_officers ON message_event (message) WHERE officers IS NOT NULL;
"""


def widen_letters() -> None:
    """More kinds of letters; what two officers say of a message stands apart from what its provider says."""
    run(_WIDER_LETTERS)


def run(ddl: str) -> None:
    """Execute statements that each end with a semicolon at the end of a line; asyncpg takes one at a time."""
    for statement in ddl.split(";\n"):
        if statement.strip():
            op.execute(statement)


def grant(service: str, table: str, *, api: str = "", worker: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """What the two running roles may do with a table; the API may do nothing that is not named here."""
    if api:
        op.execute(f'GRANT {api} ON "{table}" TO {service}_api')
    op.execute(f'GRANT {worker} ON "{table}" TO {service}_worker')


_IS_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_IS_MINE = f"tenant = current_setting('jaring.tenant', true) OR {_IS_OFFICER}"


def protect(service: str, table: str, mine: str = _IS_MINE) -> None:
    """Force row-level security: the API sees its tenant's rows, or all of them for the organisation's officers."""
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY {table}_tenant ON "{table}" TO {service}_api USING ({mine}) WITH CHECK ({mine})')
    op.execute(f'CREATE POLICY {table}_worker ON "{table}" TO {service}_worker USING (true) WITH CHECK (true)')
    op.execute(f'CREATE POLICY {table}_migrate ON "{table}" TO {service}_migrate USING (true) WITH CHECK (true)')


def index_inbound_keys() -> None:
    """What counts of a sender's events of one key, by which one that waited learns that it was overtaken."""
    run(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_inbound_event_key ON inbound_event (tenant, key, number) "
        "WHERE state IN ('accepted', 'warned', 'parked');\n"
    )


# The same text under another key is of the same length and begins with another key's id (shared/security/fields.py).
# Whether it is the same text the database cannot know: who may do it holds both keys.
_SEALED_AGAIN = (
    """
CREATE FUNCTION sealed_under(value bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog AS $$
    SELECT CASE WHEN length(value) > 2 THEN encode(substr(value, 3, get_byte(value, 1)), 'escape') END
$$
""",
    """
CREATE FUNCTION is_sealed_again(was bytea, said bytea) RETURNS boolean LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public AS $$
    SELECT was IS NOT DISTINCT FROM said OR coalesce(CASE WHEN length(was) > 2 AND length(said) > 2 THEN
        sealed_under(was) <> sealed_under(said)
        AND length(was) - get_byte(was, 1) = length(said) - get_byte(said, 1) END, false)
$$
""",
    """
CREATE FUNCTION never_changed_but_sealed_again() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    said jsonb := to_jsonb(NEW);
    sealed text[] := string_to_array(TG_ARGV[0], ',');
    found_by text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
    IF was <> said AND was - sealed - found_by = said - sealed - found_by
       AND (was - sealed = said - sealed OR (was ->> sealed[1]) <> (said ->> sealed[1]))
       AND (SELECT bool_and(is_sealed_again((was ->> name)::bytea, (said ->> name)::bytea))
            FROM unnest(sealed) AS name) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what stands in % is never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
""",
    """
CREATE TABLE resealing (
    sealed_table text PRIMARY KEY,
    columns text[] NOT NULL,
    key_id text,
    position text[],
    rounds integer NOT NULL DEFAULT 0,
    sealed_again bigint NOT NULL DEFAULT 0 CHECK (sealed_again >= 0),
    done_at timestamptz
)
""",
    """
CREATE FUNCTION sealed_values() RETURNS TABLE (sealed_table text, key_id text, sealed bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT stored.sealed_table, name FROM resealing AS stored, unnest(stored.columns) AS name LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %L, sealed_under(%I), count(*) FROM %I WHERE %I IS NOT NULL GROUP BY 2',
            known.sealed_table, known.name, known.sealed_table, known.name);
    END LOOP;
END $$
""",
)
_AS_BEFORE = """
DO $$
DECLARE
    made text := (SELECT pg_get_triggerdef(oid) FROM pg_trigger
                  WHERE tgname = 'never_changed' AND tgrelid = '{table}'::regclass);
BEGIN
    IF made IS NOT NULL THEN
        DROP TRIGGER never_changed ON "{table}";
        EXECUTE replace(made, 'never_changed()', 'never_changed_but_sealed_again(''{columns}'', ''{found_by}'')');
    END IF;
END $$
"""
# The same question of each table by a function of its own, which knows the columns: to write a row out as JSON and cut
# it up again took longer than all else that is done with it. What a row has besides, now or later, is compared as it is
# stored.
_BY_THE_ROW = """
DO $$
DECLARE
    known record;
    sealed text[];
    found_by text[];
BEGIN
    FOR known IN
        SELECT of_table.relname AS name, pg_get_triggerdef(made.oid) AS made,
               string_to_array(encode(made.tgargs, 'escape'), '\\000') AS said
        FROM pg_trigger AS made JOIN pg_class AS of_table ON of_table.oid = made.tgrelid
        WHERE made.tgname = 'never_changed' AND made.tgfoid = 'never_changed_but_sealed_again'::regproc
    LOOP
        sealed := string_to_array(known.said[1], ',');
        found_by := string_to_array(known.said[2], ',');
        EXECUTE format($made$
            CREATE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
            DECLARE
                said public.%2$I := NEW;
            BEGIN
                %3$s
                IF NOT NEW *= OLD AND said *= OLD AND %4$s AND (%5$s) THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'what stands in %% is never changed', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $body$
        $made$,
            known.name || '_sealed_again',
            known.name,
            (SELECT string_agg(format('said.%1$I := OLD.%1$I;', name), ' ') FROM unnest(sealed || found_by) AS name),
            (SELECT string_agg(format($one$(OLD.%1$I IS NOT DISTINCT FROM NEW.%1$I
                OR coalesce(CASE WHEN length(OLD.%1$I) > 2 AND length(NEW.%1$I) > 2 THEN
                    substr(OLD.%1$I, 3, get_byte(OLD.%1$I, 1)) <> substr(NEW.%1$I, 3, get_byte(NEW.%1$I, 1))
                    AND length(OLD.%1$I) - get_byte(OLD.%1$I, 1) = length(NEW.%1$I) - get_byte(NEW.%1$I, 1) END, false)
                )$one$, name), ' AND ') FROM unnest(sealed) AS name),
            coalesce((SELECT string_agg(format('OLD.%1$I IS NOT DISTINCT FROM NEW.%1$I', name), ' AND ')
                      FROM unnest(found_by) AS name) || ' OR ', 'true OR ')
                || format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', sealed[1]));
        EXECUTE format('DROP TRIGGER never_changed ON %I', known.name);
        EXECUTE regexp_replace(known.made, 'never_changed_but_sealed_again\\(.*\\)$',
                               quote_ident(known.name || '_sealed_again') || '()');
    END LOOP;
END $$
"""


def rotate_keys(service: str) -> None:
    """How far what is sealed was put under another key, and what that may change of what stands."""
    for statement in _SEALED_AGAIN:
        op.execute(statement)
    grant(service, "resealing", worker="SELECT, UPDATE")
    protect(service, "resealing", mine="false")


def let_seals_be_renewed(service: str, tables: Mapping[str, Sequence[str]], **found_by: Sequence[str]) -> None:
    """The worker puts what is sealed in these columns under another key, and whatever else stands there stays.

    `found_by` names a table's columns that are made of the same text, and of the key.
    """
    for table, columns in tables.items():
        named, found = ",".join(columns), ",".join(found_by.get(table, ()))
        op.execute(_AS_BEFORE.format(table=table, columns=named, found_by=found))
        op.execute(f'GRANT UPDATE ({", ".join((*columns, *found_by.get(table, ())))}) ON "{table}" TO {service}_worker')
        op.execute(f"INSERT INTO resealing (sealed_table, columns) VALUES ('{table}', '{{{named}}}')")  # noqa: S608


def renew_seals_by_the_row() -> None:
    """Every table whose seals are renewed says by a function of its own what that may change (decision 77).

    A table that comes by `let_seals_be_renewed` later has the slow one until this is called again.
    """
    op.execute(_BY_THE_ROW)


_ERASED = """
CREATE TABLE erased_person (
    person bigint PRIMARY KEY,
    erasure uuid NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    whole boolean NOT NULL,
    erased_at timestamptz NOT NULL,
    -- When this service let go of the person, once nothing was open; never before all of it is erased.
    forgotten_at timestamptz CHECK (forgotten_at IS NULL OR whole)
);
"""


def know_erased_persons(service: str) -> None:
    """Of whom registration erased what it kept (``shared/persistence/erased.py``)."""
    run(_ERASED)
    grant(service, "erased_person", api="SELECT")
    protect(service, "erased_person", mine=_IS_OFFICER)


_FOLLOWED = """
-- How this service follows an erasure of all that there is of a person, as it was told last. It is the service's own
-- state: what registration said of the person stands in erased_person, and comes again with the topic.
CREATE TABLE followed_erasure (
    person bigint PRIMARY KEY,
    erasure uuid NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    state text NOT NULL CHECK (state IN ('held', 'forgotten')),
    -- What comes first, who ends it, and the day after which somebody must look.
    reason text,
    owner text,
    until date,
    since timestamptz NOT NULL,
    CHECK ((state = 'held') = (reason IS NOT NULL)),
    CHECK ((state = 'held') = (owner IS NOT NULL)),
    CHECK ((state = 'held') = (until IS NOT NULL))
);
-- Nothing was in production: no running release reads the column. Who was forgotten by it is forgotten once more.
-- squawk-ignore ban-drop-column
ALTER TABLE erased_person DROP COLUMN forgotten_at;
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT 'forget_person', '{"person":' || person || '}', 'epoch', '{}', 'erasures are followed', '{}'
FROM erased_person WHERE whole
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""


def follow_erasures(service: str) -> None:
    """How the service follows each erasure is a state that officers read (``shared/persistence/erased.py``)."""
    run(_FOLLOWED)
    # It may be dropped from now on, and comes again with the topic.
    op.execute(f"GRANT TRUNCATE ON erased_person TO {service}_worker")
    grant(service, "followed_erasure", api="SELECT")
    protect(service, "followed_erasure", mine=_IS_OFFICER)


_LET_OWNER = """
DO $do$
DECLARE
    kept record;
    made text;
    unless text := $a$NOT (current_user = '{owner}' AND {unless})$a$;
BEGIN
    FOR kept IN SELECT oid, tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal
                AND tgname IN ({triggers}) LOOP
        made := pg_get_triggerdef(kept.oid);
        IF position('FOR EACH ROW WHEN (' IN made) > 0 THEN
            made := replace(made, 'FOR EACH ROW WHEN (', 'FOR EACH ROW WHEN (' || unless || ' AND (');
            made := replace(made, ') EXECUTE FUNCTION', ')) EXECUTE FUNCTION');
        ELSE
            made := replace(made, 'FOR EACH ROW EXECUTE', 'FOR EACH ROW WHEN (' || unless || ') EXECUTE');
        END IF;
        EXECUTE format('DROP TRIGGER %I ON {table}', kept.tgname);
        EXECUTE made;
    END LOOP;
END $do$
"""


def let_be_erased(
    service: str, table: str, unless: str, triggers: Sequence[str] = ("never_changed", "never_deleted")
) -> None:
    """The owner's functions change and delete rows of which a condition on OLD holds; others are refused as before.

    The condition is a call of a function, since a trigger asks no table by itself. `triggers` are those that let it be.
    """
    named = ", ".join(f"'{each}'" for each in triggers)
    op.execute(_LET_OWNER.format(owner=f"{service}_migrate", table=table, unless=unless, triggers=named))


_OFFICES = """
-- The office that holds a task; none: officers of every office see it.
ALTER TABLE task ADD COLUMN office text;
-- What who is to approve a proposal asks who made it, while that waits for an answer.
ALTER TABLE task ADD COLUMN query jsonb;
-- Of a question and its answer what they are about, of a transfer from where to where.
ALTER TABLE task_event ADD COLUMN detail jsonb;
-- Nothing was in production: no running release is held up while few rows are looked at.
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE task ADD CONSTRAINT ck_task_query CHECK (
    query IS NULL OR (state = 'proposed' AND query ->> 'asked_by' <> proposed_by));
-- squawk-ignore ban-drop-constraint
ALTER TABLE task_event DROP CONSTRAINT task_event_what_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE task_event ADD CONSTRAINT ck_task_event_what CHECK (
    what IN ('opened', 'restated', 'taken', 'released', 'stopped', 'resumed', 'proposed', 'withdrawn', 'approved',
             'refused', 'closed', 'queried', 'replied', 'transferred'));
"""


def let_offices_hold_tasks() -> None:
    """A task may be held by an office, and a proposal be asked about before it is approved."""
    run(_OFFICES)


# Ten working days are fourteen days. Few tasks wait for somebody outside at a time.
_STOPS_THAT_END = """
UPDATE task SET due_at = interval '14 days' + coalesce(
    (SELECT max(event.at) FROM task_event AS event WHERE event.task = task.id AND event.what = 'stopped'), opened_at)
WHERE due_at = 'infinity' AND closed_at IS NULL
"""


def end_endless_stops() -> None:
    """A task whose clock was stopped without end is due when somebody looks whether that one is waited for still."""
    run(_STOPS_THAT_END)


_CONTROL_TOTALS = """
CREATE TABLE control_total (
    -- What a service took on, and who holds it: a Holder of control_totals.py, or that it is ended.
    kind text NOT NULL,
    holder text NOT NULL,
    things bigint NOT NULL CHECK (things > 0),
    since timestamptz NOT NULL,
    counted_at timestamptz NOT NULL,
    PRIMARY KEY (kind, holder)
)
"""


def keep_control_totals(service: str) -> None:
    """How much of what the service took on is ended, and who holds the rest, as its worker counted it last."""
    run(_CONTROL_TOTALS)
    grant(service, "control_total", api="SELECT")
    protect(service, "control_total", _IS_OFFICER)


_LAW_ENTRIES = """
-- What officers entered into the statute book: a projection of law.figures, in claims of its own desk.
CREATE TABLE law_entry (
    -- Which one it is of all of them; a process goes by those before which none is missing.
    edition integer PRIMARY KEY CHECK (edition > 0),
    entry uuid NOT NULL,
    figure text NOT NULL,
    in_force date NOT NULL,
    known date NOT NULL,
    cells jsonb NOT NULL CHECK (jsonb_typeof(cells) = 'array'),
    law text NOT NULL,
    instrument text NOT NULL,
    gazetted_on date NOT NULL
);
"""


def create_law_entries(service: str, *, api: str = "SELECT", worker: str = "SELECT, INSERT, TRUNCATE") -> None:
    """What officers entered into the statute book (``shared/persistence/law_entries.py``).

    The law is everybody's to read: a process reads it for all of its callers, and for none of them.
    """
    run(_LAW_ENTRIES)
    grant(service, "law_entry", api=api, worker=worker)
    protect(service, "law_entry", mine=_IS_OFFICER)
    op.execute(f"CREATE POLICY law_entry_read ON law_entry FOR SELECT TO {service}_api USING (true)")
