"""Whose time decides: that of the business clock, in code and in SQL. Each finding is `path: what reads another clock`.

What may read the machine's clock or a database's stands in `ELSEWHERE`, with its reason (decision 20).
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.tree import syntax_tree

_WORDS = r"current_date|current_timestamp|current_time|localtime|localtimestamp"
_FUNCTIONS = r"now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday"
_SQL = re.compile(
    rf"\b(?:(?:{_FUNCTIONS})\s*\(\s*\)|(?:{_WORDS})\b(?!['\"]))|'(?:now|today|tomorrow|yesterday)'", re.IGNORECASE
)
_NAMED = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
    "func": {*_FUNCTIONS.split("|"), *_WORDS.split("|")},
}
_OWN = "system_now"
_CLOCK = "shared/kernel/clock.py"

_RECEIPT = "a receipt: when the database stored something, for watermarks and retention"
_OLD_DEFAULT = "a receipt and a business instant in one column, until a later migration kept them apart"
_BOOKS = "services/benefits/migrations/benefits_pays_from_its_own_ledger.py"
_CLAIMS = "services/claims/migrations/claims_decides_from_what_it_was_told.py"
_REGISTRATION = "services/registration/migrations/registration_begins_with_persons_spells_and_contributions.py"
_APART = "receipts_and_business_instants_are_kept_apart.py"
_STAMPED = "timestamptz NOT NULL DEFAULT clock_timestamp()"
_SET = "ALTER COLUMN stored_at SET DEFAULT clock_timestamp();"

ELSEWHERE: dict[tuple[str, str], str] = {
    ("shared/persistence/platform.py", f"created_at {_STAMPED}"): _RECEIPT,
    (
        "services/registration/migrations/two_numbers_of_one_person_are_merged_and_split.py",
        f"recorded_at {_STAMPED}",
    ): _RECEIPT,
    (
        "services/registration/migrations/when_a_merge_was_stated_is_told_by_the_clock_of_facts.py",
        "ALTER TABLE person_merge_statement ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();",
    ): _RECEIPT,
    ("shared/persistence/platform.py", f"handled_at {_STAMPED}"): _RECEIPT,
    ("shared/persistence/platform.py", f"parked_at {_STAMPED}"): _RECEIPT,
    ("shared/persistence/platform.py", f"acted_at {_STAMPED}"): _RECEIPT,
    (
        "shared/messaging/parked.py",
        "CAST(extract(epoch FROM clock_timestamp() - min(parked_at)) AS double precision) AS oldest_seconds",
    ): "the age of receipts",
    ("shared/persistence/platform.py", f"taken_at {_STAMPED}"): _RECEIPT,
    ("shared/persistence/platform.py", f"released_at {_STAMPED}"): _RECEIPT,
    ("shared/persistence/platform.py", f"forgotten_at {_STAMPED}"): _RECEIPT,
    (f"services/claims/migrations/{_APART}", f"ALTER TABLE claim {_SET}"): _RECEIPT,
    (f"services/registration/migrations/{_APART}", f"ALTER TABLE contribution_file {_SET}"): _RECEIPT,
    (
        "services/registration/storage/contribution_files.py",
        "SET state = said.state, finished_at = :now, closed_at = clock_timestamp()",
    ): _RECEIPT,
    ("shared/persistence/platform.py", f"received_at {_STAMPED}"): _RECEIPT,
    (
        "shared/inbound/repository.py",
        "CASE WHEN about IS NULL THEN clock_timestamp() END, sealed, :by_topic",
    ): _RECEIPT,
    (
        "shared/inbound/repository.py",
        "answered_at = coalesce(known.answered_at, clock_timestamp())",
    ): _RECEIPT,
    (
        "shared/messaging/consumer_store.py",
        "last_offset = excluded.last_offset, taken_at = clock_timestamp()",
    ): _RECEIPT,
    (
        "shared/messaging/relay.py",
        "UPDATE outbox SET published_at = clock_timestamp(), kafka_partition = sent.kafka_partition",
    ): _RECEIPT,
    ("shared/messaging/restore.py", "clock_timestamp(), kafka_partition, kafka_offset"): _RECEIPT,
    (
        "shared/messaging/restore.py",
        "held_since = CASE WHEN held IS NULL THEN clock_timestamp() ELSE held_since END",
    ): _RECEIPT,
    (
        "shared/messaging/restore.py",
        "epoch = greatest(epoch + 1, extract(epoch FROM clock_timestamp())::bigint)",
    ): "an epoch lies above all that this database ever told, and forgot (rules M8)",
    ("shared/messaging/received.py", "system_now"): "an epoch is a second of a database's clock, or 1",
    (
        "deploy/local/backup.py",
        "system_now",
    ): "a backup is named by the machine's time, whatever day the business plays",
    ("shared/messaging/relay.py", "SELECT clock_timestamp()"): "the watermark is an instant of the database (rules M5)",
    ("shared/telemetry/logging.py", "system_now"): "telemetry: when a line was written",
    ("shared/persistence/connection.py", "time.time"): "how old a connection is, as SQLAlchemy's pool stamps it",
    ("shared/messaging/progress.py", "time.time"): "how long ago the broker's records were stamped",
    (
        "shared/process/gauges.py",
        "(SELECT extract(epoch FROM clock_timestamp() - created_at)::float8",
    ): "the age of a receipt",
    (
        "shared/process/gauges.py",
        "extract(epoch FROM clock_timestamp() - min(complete_until))::float8 AS seconds",
    ): "the watermark is an instant of a database (rules M5)",
    (
        "shared/inbound/gauges.py",
        "extract(epoch FROM clock_timestamp() - min(received_at))::float8 AS seconds",
    ): "the age of receipts",
    (
        "shared/inbound/gauges.py",
        "SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)::float8",
    ): "the age of a receipt",
    ("shared/inbound/retention.py", "received_at < now() - interval '13 months'"): "the age of receipts",
    ("shared/inbound/retention.py", "created_at < now() - interval '14 days'"): "the age of receipts",
    ("shared/persistence/platform.py", "> now() - interval '13 months'"): "the age of a receipt",
    ("shared/messaging/retention_cleanup.py", "< now() - interval '"): "the age of receipts; the broker ages alike",
    (
        "services/benefits/migrations/accounts_of_a_person_who_was_erased_are_let_go_of.py",
        "now() - interval '7 years'",
    ): "the age of receipts",
    (
        "services/benefits/migrations/whoever_is_owed_something_keeps_its_account.py",
        "now() - interval '7 years'",
    ): "the age of receipts",
    (
        "services/benefits/migrations/an_account_is_kept_as_long_as_each_file_that_names_it.py",
        "now() - interval '7 years'",
    ): "the age of receipts",
    (
        "services/registration/migrations/what_is_kept_of_a_person_is_erased_by_the_word_of_two_or_in_time.py",
        "AND ended_at < now() - interval '7 years');",
    ): "the age of receipts",
    (
        "services/registration/migrations/what_is_kept_of_a_person_is_erased_by_the_word_of_two_or_in_time.py",
        "WHERE ended_at < now() - interval '7 years' AND content_sealed <> '' LIMIT most);",
    ): "the age of receipts",
    (
        "services/registration/storage/erasures.py",
        "CASE WHEN claims_asked_at > clock_timestamp() - interval '1 hour' THEN claims_asked_at",
    ): "the watermark is an instant of a database (rules M5)",
    (
        "services/registration/storage/erasures.py",
        "ELSE clock_timestamp() END",
    ): "the watermark is an instant of a database (rules M5)",
    (
        "services/registration/migrations/an_erasure_that_was_granted_happens_and_ends.py",
        "SELECT CASE WHEN NOT EXISTS (SELECT FROM person) THEN now() END, 'migration';",
    ): "held against when a database was released, which is a receipt",
    (
        "services/claims/migrations/survivors_wait_until_orders_were_announced.py",
        "SELECT CASE WHEN NOT EXISTS (SELECT FROM claim) THEN now() END, 'migration';",
    ): "that it is known, and by whom; nothing is reckoned from it",
    ("services/registration/storage/retention.py", "now() - interval '2 years'"): "the age of receipts",
    ("services/registration/storage/retention.py", "now() - interval '7 years'"): "the age of receipts",
    ("services/registration/storage/retention.py", "now() - interval '14 days'"): "the age of receipts",
    (
        "services/registration/migrations/an_erased_id_is_known_for_a_while_after_a_restore.py",
        f"read_back_at {_STAMPED}",
    ): _RECEIPT,
    (
        "services/registration/migrations/what_was_kept_long_enough_is_let_go_of.py",
        "'(%3$I IS NULL OR %3$I > now() - CAST(%4$L AS interval)))'",
    ): "the age of receipts",
    (
        "services/registration/migrations/what_is_sealed_is_put_under_another_key.py",
        "<> ''::bytea OR OLD.received_at > now() - interval '7 years')) EXECUTE FUNCTION never_changed()",
    ): "the age of a receipt",
    (
        "services/registration/migrations/what_was_kept_long_enough_is_let_go_of.py",
        "<> ''::bytea OR OLD.received_at > now() - interval '7 years')) EXECUTE FUNCTION never_changed()",
    ): "the age of receipts",
    (_REGISTRATION, f"recorded_at {_STAMPED}"): "the order in which facts overwrite each other (rules F1)",
    (_REGISTRATION, f"received_at {_STAMPED}"): _OLD_DEFAULT,
    (_CLAIMS, f"received_at {_STAMPED}"): _OLD_DEFAULT,
    **{(_BOOKS, f"{name} {_STAMPED}"): _OLD_DEFAULT for name in ("booked_at", "created_at", "entered_at", "opened_at")},
    ("shared/process/clock_file.py", "system_now"): "the offset is reckoned from the machine's time",
    ("shared/testing/clock.py", "system_now"): "the offset is reckoned from the machine's time",
    ("deploy/local/clock.py", "system_now"): "says how far the business clock is ahead of the machine",
    (
        "shared/security/tokens.py",
        "system_now",
    ): "a token ends by the time of its issuer, whatever day the business plays",
    ("shared/testing/tokens.py", "time.time"): "a token is issued by the machine's time",
    ("deploy/local/token_issuer.py", "time.time"): "a token is issued by the machine's time",
}


def other_clocks(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each place outside the tests that reads a clock other than the business clock: its path and what stands there."""
    for path in paths:
        parts = Path(path).parts
        if parts[0] in ("services", "shared", "deploy") and "tests" not in parts and path != _CLOCK:
            tree = syntax_tree(root, path)
            yield from ((path, found) for found in (*_in_code(tree), *_in_sql(tree)))


def unexplained(found: Iterable[tuple[str, str]], explained: Iterable[tuple[str, str]]) -> list[str]:
    """What the list does not explain, and what it explains although it is not there."""
    there, known = set(found), set(explained)
    return [f"{path}: {what}" for path, what in sorted(there - known)] + [
        f"{path}: no longer has {what}" for path, what in sorted(known - there)
    ]


def _in_code(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                if name in _NAMED.get(owner, ()):
                    yield f"{owner}.{name}"
            case ast.ImportFrom(module="time", names=names):
                yield from (f"time.{each.name}" for each in names if each.name in _NAMED["time"])
            case ast.Name(id=name) if name == _OWN:
                yield _OWN


def _in_sql(tree: ast.Module) -> Iterator[str]:
    """The lines of texts that name a clock of the database; what a docstring says is no statement."""
    docstrings = {id(node.value) for node in _first_statements(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from (" ".join(line.split()).rstrip(",") for line in node.value.splitlines() if _SQL.search(line))


def _first_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            yield node.body[0]
