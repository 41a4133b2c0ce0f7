"""Whether a database is the one that worked here last, or was put back from a backup (rules M8).

A life of a database ends when its server ends or when it is dropped: nothing else can put it back to an earlier state.
So whoever is about to act compares the life that was looked into last with the present one, in the statement that it
sends anyhow. A life that was not looked into yet, and a database that is held, act on nothing: no due work, nothing
sent, no request. ``shared.messaging.restore`` looks, holds and releases.
"""

from typing import ClassVar

from shared.kernel.errors import JaringError, Kind

# Of one life: the database's own number, and the start of its server.
LIFE = """(SELECT oid || '/' || extract(epoch FROM pg_postmaster_start_time())
           FROM pg_database WHERE datname = current_database())"""
# A database that nobody has looked into yet is new, and so is all that is in it; a worker waits for the first look.
MAY_ACT = f"(SELECT held IS NULL AND coalesce(life = {LIFE}, true) FROM epoch)"  # noqa: S608 - constants

READING_BACK = "reading_back"
READING_AGAIN = "reading_again"
TOPICS_BEGIN_LATER = "topics_begin_later"
HELD_FOR = (READING_BACK, READING_AGAIN, TOPICS_BEGIN_LATER)


class DatabaseChanged(OSError):
    """The database was put back or restarted while something was being done; that is done again from the start."""


class DatabaseHeld(JaringError):
    """The database was put back from a backup, and is being made whole again, or waits for an officer."""

    code = "database_restoring"
    title = "The service is being restored"
    title_ms = "Perkhidmatan sedang dipulihkan"
    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    detail = "Its database was put back from a backup and is read on from there."
    hint = "Send the request again with the same Idempotency-Key, and after it whatever was sent since the backup."
