"""Every metric of the platform, by name; `/metrics` shows this registry and nothing else."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

# Of each counter and histogram it would show the time of its making as well: a third of the page, and nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"jaring_{name}", meaning, labels, registry=REGISTRY)


def _histogram(name: str, meaning: str, *labels: str) -> Histogram:
    return Histogram(f"jaring_{name}", meaning, labels, buckets=_FAST, registry=REGISTRY)


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(f"jaring_{name}", meaning, labels, registry=REGISTRY)


# The outbox and its relay.
RELAY_BATCH_SECONDS = _histogram("relay_batch_seconds", "From reading a batch to marking its rows")
RELAYED_EVENTS = _counter("relayed_events", "Events sent and acknowledged", "topic")
RELAY_ACTIVE = _gauge("relay_active", "1 where this process relays the outbox, 0 where it stands by")
LAW_NOT_LAID = _gauge("law_not_laid", "1 where this release cannot read an entry of the statute book, and set it aside")
OUTBOX_UNSENT = _gauge("outbox_unsent", "Committed events that are not sent; at most 100,000 are counted")
OUTBOX_OLDEST_SECONDS = _gauge("outbox_oldest_seconds", "Age of the oldest event that is not sent")

# Consumers.
CONSUMED_EVENTS = _counter("consumed_events", "Events applied or handled", "topic", "consumer")
INBOX_DUPLICATES = _counter("inbox_duplicates", "Events seen before and dropped", "topic", "consumer")
PARKED_EVENTS = _counter("parked_events", "Records that were set aside, by class", "topic", "consumer", "fault")
HEARTBEATS_PASSED_OVER = _counter(
    "heartbeats_passed_over", "Heartbeats of a lower epoch than the one that is known", "topic", "consumer"
)
STREAM_GAPS = _counter("stream_gaps", "Gaps seen in a stream's versions", "topic", "consumer")
REASSIGNMENTS = _counter("reassignments", "Times that this process was given other partitions", "consumer")
MEMBER_NAME_TAKEN = _gauge("member_name_taken", "1 where another process has this one's name and this one stands by")
COMMIT_FAILURES = _counter("commit_failures", "Commits that failed, by database or broker", "target")
CONSUMER_PARTITIONS = _gauge("consumer_partitions", "Partitions that the broker assigned to this process")
CONSUMER_LAG_RECORDS = _gauge("consumer_lag_records", "Records that are not handled", "topic")
CONSUMER_LAG_SECONDS = _gauge(
    "consumer_lag_seconds", "Time since the last record was handled while others wait", "topic"
)
PARKED_RECORDS = _gauge("parked_records", "Records that are parked now; at most 10,000 of a partition count", "topic")
PARKED_KEYS = _gauge("parked_keys", "Keys that are held back by one of these", "topic")
PARKED_FAULTS = _gauge("parked_faults", "The same, by class", "topic", "fault")
PARKED_OLDEST_SECONDS = _gauge("parked_oldest_seconds", "Time since the oldest of them was parked", "topic")
WATERMARK_AGE_SECONDS = _gauge(
    "watermark_age_seconds", "Age of the instant up to which a topic has arrived; +Inf before it ever had", "topic"
)
DAILY_TOTALS_DIFFERING = _gauge(
    "daily_totals_differing", "Days of the last fourteen of which something else was received than published", "topic"
)

# Due work.
DUE_WORK_FAILURES = _counter("due_work_failures", "Runs that failed, to be tried again or kept", "kind")
DUE_WORK_WAITING = _gauge("due_work_waiting", "Due work that listens or waits; at most 100,000 are counted")
DUE_WORK_DUE = _gauge(
    "due_work_due", "Due work that is due and not done; of all kinds the oldest 10,000 are counted", "kind"
)
DUE_WORK_OVERDUE_SECONDS = _gauge("due_work_overdue_seconds", "How long the oldest of it has been due", "kind")
DUE_WORK_FAILED = _gauge(
    "due_work_failed", "Due work that failed for good, kept for a person; at most 10,000 of a kind are counted", "kind"
)

# What waits for a person.
TASKS_WAITING = _gauge(
    "tasks_waiting",
    "Tasks that nobody has decided; at most 100,000 are counted",
    "queue",
    "reason",
)
TASKS_OVERDUE = _gauge("tasks_overdue", "Those of them for which the client charter's time is over")
TASKS_OLDEST_SECONDS = _gauge("tasks_oldest_seconds", "How long the oldest of them has waited", "queue")
# What the service took on and has not ended, and who holds it (`control_totals.py`).
TAKEN_ON = _gauge("taken_on", "What is not ended, as it was counted last", "kind", "holder")
TAKEN_ON_OLDEST_SECONDS = _gauge("taken_on_oldest_seconds", "How long the oldest of it has waited", "kind", "holder")
# Where claims and their questions stand (claims).
CLAIMS = _gauge(
    "claims",
    "Claims where they stand, each once; of each place at most 10,000 are counted",
    "state",
    "reason",
    "waits_for",
)
CLAIMS_OLDEST_SECONDS = _gauge(
    "claims_oldest_seconds", "How long the oldest of them has stood there", "state", "reason", "waits_for"
)
OPEN_QUESTIONS = _gauge(
    "open_questions", "Questions without an answer; at most 100,000 are counted", "state", "reason", "waits_for"
)
OPEN_QUESTIONS_OLDEST_SECONDS = _gauge(
    "open_questions_oldest_seconds", "How long the oldest of them has waited", "state", "reason", "waits_for"
)
CLAIMS_TO_ASK_AGAIN = _gauge(
    "claims_to_ask_again", "Claims that a release of the statute book touches and that are not asked again yet"
)

# What a bank said that was not taken (benefits).
BANK_STATUSES_HELD = _gauge("bank_statuses_held", "Statuses that are held, of bank files that no officer has released")

# Keys are rotated (benefits, registration).
RESEALING_TABLES_LEFT = _gauge("resealing_tables_left", "Tables with values under another key than the current")
RESEALED_ROWS = _gauge("resealed_rows", "Rows that were sealed again since the current key is current")

# Letters that the gateway has not taken (claims).
MESSAGES_UNSENT = _gauge("messages_unsent", "Messages to people that the gateway has not taken", "channel")
MESSAGES_UNSENT_OLDEST_SECONDS = _gauge(
    "messages_unsent_oldest_seconds", "How long the oldest of them has waited", "channel"
)
# The client charter's clocks (claims).
CHARTER_CLOCKS = _gauge(
    "charter_clocks",
    "What the client charter promises and people have not decided",
    "promise",
    "state",
)

# Whose treatment hospitals asked about (claims).
MEDICAL_AUTHORISATIONS = _gauge("medical_authorisations", "Authorisations of treatment, where they stand", "state")
MEDICAL_AUTHORISATIONS_OLDEST_SECONDS = _gauge(
    "medical_authorisations_oldest_seconds", "Since when the oldest of them stands so", "state"
)

# Who was left with nothing, and what became of the offer (claims).
REFERRAL_OFFERS = _gauge("referral_offers", "Offers of a referral, where they stand", "receiver", "state")
REFERRAL_OFFERS_OLDEST_SECONDS = _gauge(
    "referral_offers_oldest_seconds", "How long the oldest of them has stood there", "receiver", "state"
)

# Appeals that are open (claims).
APPEALS = _gauge("appeals", "Appeals that are open", "forum", "state")
APPEALS_OLDEST_SECONDS = _gauge("appeals_oldest_seconds", "How long the oldest of them has stood so", "forum", "state")

# What opens no task and waits until an officer looks at it, by its state or reason (benefits, registration).
WAITING_FOR_OFFICERS = _gauge("waiting_for_officers", "Things that wait until an officer looks at them", "state")
WAITING_FOR_OFFICERS_OLDEST_SECONDS = _gauge(
    "waiting_for_officers_oldest_seconds", "How long the oldest of them has waited", "state"
)

# What partners push, of all of them together (registration, claims).
INBOUND_EVENTS = _gauge(
    "inbound_events",
    "Pushed events that are not worked off or wait, by why; of each at most 10,000 are counted",
    "state",
    "reason",
)
INBOUND_EVENTS_OLDEST_SECONDS = _gauge(
    "inbound_events_oldest_seconds", "How long ago the oldest of them arrived", "state", "reason"
)
INBOUND_ANSWERS_UNSENT = _gauge(
    "inbound_answers_unsent", "Answers that no partner's topic has yet; at most 10,000 are counted"
)
INBOUND_ANSWERS_OLDEST_SECONDS = _gauge("inbound_answers_oldest_seconds", "How long the oldest of them has waited")

# The database, as this process sees it.
DATABASE_UP = _gauge("database_up", "1 where the database answered when it was last asked")
DATABASE_HELD = _gauge("database_held", "1 for why the database, put back from a backup, may not act", "reason")
DATABASE_CONNECTIONS_USED = _gauge("database_connections_used", "Connections of the pool that are in use")
DATABASE_CONNECTIONS_MOST = _gauge("database_connections_most", "Connections that the pool may open")

# HTTP; the route is the template, never the path.
HTTP_REQUESTS = _counter("http_requests", "Answers", "method", "route", "status")
HTTP_REQUEST_SECONDS = _histogram("http_request_seconds", "Time to answer", "method", "route")
LIMIT_REFUSALS = _counter("limit_refusals", "Connections and requests that a limit refused", "limit")
TOKEN_KEYS_SKIPPED = _counter(
    "token_keys_skipped", "Keys of the issuer's set that cannot be used here, by reason", "reason"
)
TOKEN_KEYS_AGE = Gauge(
    "jaring_token_keys_age_seconds", "Since the issuer's keys were last seen to be good", registry=REGISTRY
)

# Without a label, so that they are there, at zero, before the first one.
HTTP_SERVER_ERRORS = Counter("jaring_http_server_errors", "Answers of 500 and above, without 503", registry=REGISTRY)
HTTP_UNAVAILABLE = Counter("jaring_http_unavailable", "Answers of 503: try again later", registry=REGISTRY)


def body() -> tuple[bytes, str]:
    """The text of `/metrics` and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
