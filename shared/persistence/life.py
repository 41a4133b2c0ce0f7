"""Whether a database is the one that worked here last, or was put back from a backup (rules M8).

A life of a database ends when its server ends, when it is dropped, or when its table ``epoch`` is made again: whatever
puts a whole database back does one of these. Who puts back single tables or rows does none, and is not noticed. So
whoever is about to act compares the life that was looked into last with the present one, as it reads what it acts on. A
life that was not looked into yet, and a database that is held, act on nothing: no due work, nothing sent, no request;
only requests go on while nothing but the server was restarted. ``shared.messaging.restore`` looks, holds and releases.
"""

from typing import ClassVar

from shared.kernel.errors import JaringError, Kind

READING_BACK = "reading_back"
READING_AGAIN = "reading_again"
TOPICS_BEGIN_LATER = "topics_begin_later"
HELD_FOR = (READING_BACK, READING_AGAIN, TOPICS_BEGIN_LATER)
# No reason that is stored: another database stands here, and no relay has looked into it yet.
NOT_LOOKED_INTO = "not_looked_into"

# Of one life: the database's own number, the start of its server, and the file of the table in which the life is
# written, which pg_restore --clean makes again in the database that stands. TRUNCATE, VACUUM FULL, CLUSTER and another
# tablespace give it a new file too; VACUUM and autovacuum do not.
LIFE = """(SELECT oid || '/' || extract(epoch FROM pg_postmaster_start_time()) || '/' || pg_relation_filenode('epoch')
           FROM pg_database WHERE datname = current_database())"""
_IS_THIS_LIFE = f"life = {LIFE}"
# A life that was written before the table's file was part of it does not say which that was.
_IS_ANOTHER_DATABASE = f"""(split_part(life, '/', 1) <> split_part({LIFE}, '/', 1)
                           OR split_part(life, '/', 3) NOT IN ('', split_part({LIFE}, '/', 3)))"""

# What is asked of the one row of ``epoch``, each a value to be selected. A database that nobody has looked into yet is
# new, and so is all that is in it: no life is recorded there, and a worker waits for the first look.
HELD = "(SELECT held FROM epoch)"
NEVER_LOOKED_INTO = "(SELECT life IS NULL FROM epoch)"
# A relay has looked whether it was put back, in this life; it may have been held then.
LOOKED_INTO = f"(SELECT coalesce({_IS_THIS_LIFE}, false) FROM epoch)"  # noqa: S608 - constants
# Another database stands where the one stood that was looked into last, or its tables do; a restart makes no other one.
ANOTHER_DATABASE = f"(SELECT coalesce({_IS_ANOTHER_DATABASE}, false) FROM epoch)"  # noqa: S608
# To run due work.
MAY_ACT = f"(SELECT held IS NULL AND coalesce({_IS_THIS_LIFE}, true) FROM epoch)"  # noqa: S608
# To read the others' topics, which a database does that was put back, once it knows its own words again.
MAY_READ = f"""(SELECT held IS DISTINCT FROM '{READING_BACK}' AND coalesce({_IS_THIS_LIFE}, true)
               FROM epoch)"""  # noqa: S608
# To answer requests, which go on when the server was restarted and nobody has looked yet.
MAY_ANSWER = f"(SELECT held IS NULL AND NOT coalesce({_IS_ANOTHER_DATABASE}, false) FROM epoch)"  # noqa: S608


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
