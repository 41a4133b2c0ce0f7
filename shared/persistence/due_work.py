"""Work that is left for later: at an instant, or when a subject changes, whichever is first (rules M4).

Not knowing yet is a state with a deadline, not an error. A command that lacks a fact leaves itself here under the
subjects of the facts it looked for; the transaction that applies such a fact makes the command due; the runner then
runs it in a transaction of its own. The same row serves a decided case: it goes on listening to every subject that it
rested on.

A fact and a waiting row can be written by two transactions that do not see each other, and then nobody would wake the
command. So a row that listens to something new is looked at once more, as soon as every transaction that was open when
it was committed has ended. Which ones these are nobody knows before the commit, and their ids may be lower or higher
than the row's own. The row is therefore committed with `NOT_BOUNDED` in ``recheck_after``; the runner sees it and puts
a younger id of its own there; when all below that one have ended, it runs the command again and clears the mark.

Hazard: a transaction must write its facts before it wakes, or it would have no id to be waited for.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, cast

import orjson
from pydantic import TypeAdapter
from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import now
from shared.kernel.subjects import Subject, Subjects
from shared.telemetry.messaging import inject

if TYPE_CHECKING:
    from shared.contracts.envelope import Cause

SOON = timedelta(seconds=1)
# An id that no transaction has.
NOT_BOUNDED = "'0'::xid8"
_KEEP = text(f"""
    INSERT INTO due_work AS work (kind, payload, due_at, waits_for, recheck_after, correlation_id, causation_id, trace)
    VALUES (:kind, :payload, coalesce(:due_at, 'infinity'::timestamptz), CAST(:waits_for AS text[]),
            CASE WHEN :recheck OR cardinality(CAST(:waits_for AS text[])) > 0 THEN {NOT_BOUNDED} END,
            :correlation_id, :causation_id, CAST(:trace AS jsonb))
    ON CONFLICT (kind, payload) DO UPDATE SET
        due_at = CASE WHEN :sooner THEN least(work.due_at, excluded.due_at) ELSE excluded.due_at END,
        waits_for = CASE WHEN :sooner THEN work.waits_for ELSE excluded.waits_for END,
        recheck_after = CASE WHEN :recheck THEN excluded.recheck_after
                             WHEN :sooner OR work.waits_for @> excluded.waits_for THEN work.recheck_after
                             ELSE excluded.recheck_after END,
        attempts = 0, failed = NULL, armed = work.armed + 1,
        correlation_id = excluded.correlation_id, causation_id = excluded.causation_id,
        trace = CASE WHEN :sooner AND work.due_at <= :now THEN work.trace ELSE excluded.trace END
""")  # noqa: S608 - nothing that came from outside stands in it
# The same of many that are due at one instant, and listen to nothing.
_KEEP_ALL = text("""
    INSERT INTO due_work AS work (kind, payload, due_at, waits_for, correlation_id, causation_id, trace)
    SELECT :kind, payload, CAST(:due_at AS timestamptz), '{}', :correlation_id, :causation_id, CAST(:trace AS jsonb)
    FROM unnest(CAST(:payloads AS text[])) AS payload
    ON CONFLICT (kind, payload) DO UPDATE SET
        due_at = least(work.due_at, excluded.due_at), attempts = 0, failed = NULL, armed = work.armed + 1,
        correlation_id = excluded.correlation_id, causation_id = excluded.causation_id,
        trace = CASE WHEN work.due_at <= :now THEN work.trace ELSE excluded.trace END
""")
# The same beside the rows that the commands are about, in the statement that makes them: nobody can have left these
# before. A FROM follows, which has their payloads; the other values are those of `DueWork.beside`.
LEAVE_BESIDE = """
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, causation_id, trace)
    SELECT :due_kind, payload, CAST(:due_at AS timestamptz), '{}', :due_correlation_id, :due_causation_id,
           CAST(:due_trace AS jsonb)
"""
# While it runs it is due at no time.
_GOES_ON = text("""
    UPDATE due_work SET armed = armed + 1, attempts = 0, failed = NULL
    WHERE kind = :kind AND payload = :payload AND cardinality(waits_for) > 0
""")
# What is due already runs in the trace of whoever made it due, however many more wake it before it does. What is no
# fact has no trace for it.
_WAKE = text("""
    UPDATE due_work SET due_at = least(due_at, :now), armed = armed + 1,
                        trace = CASE WHEN due_at <= :now THEN trace ELSE coalesce(CAST(:trace AS jsonb), trace) END
    WHERE id IN (SELECT id FROM due_work WHERE waits_for && CAST(:subjects AS text[]) ORDER BY id FOR UPDATE)
""")
# The same of many, in groups. A row that is looked at is compared with each of them, and the index compares each of
# one look with all others: 1,000 subjects took half a minute beside 50,000 rows. What is compared is what is locked: a
# row that was waited for is compared again, with the group that it was found by, and what it listens to newly has it
# looked at once more.
_GROUP, _WITHIN_GROUP, _BETWEEN_GROUPS = 16, "\x1f", "\x1e"
_WAKE_GROUPS = text("""
    UPDATE due_work SET due_at = least(due_at, :now), armed = armed + 1,
                        trace = CASE WHEN due_at <= :now THEN trace ELSE coalesce(CAST(:trace AS jsonb), trace) END
    WHERE id IN (SELECT listening.id
                 FROM unnest(string_to_array(CAST(:groups AS text), E'\\x1e')) AS subjects
                 JOIN due_work AS listening ON listening.waits_for && string_to_array(subjects, E'\\x1f')
                 ORDER BY listening.id FOR UPDATE OF listening)
""")
# Which of many subjects anything listens to: few of them, as a rule none.
_LISTENED = text("""
    SELECT DISTINCT subject
    FROM unnest(string_to_array(CAST(:groups AS text), E'\\x1e')) AS subjects
    JOIN due_work AS listening ON listening.waits_for && string_to_array(subjects, E'\\x1f')
    CROSS JOIN unnest(listening.waits_for) AS subject
    WHERE subject = ANY(string_to_array(subjects, E'\\x1f'))
""")
# A plan cannot know how many groups there are, and what looking at every row for each of them costs.
_ONLY_BITMAPS = text("SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)")
_ANY_PLAN = text("SELECT set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true)")
# The same of a page by id; what begins to listen behind the page is looked at once more, as all that begins to.
_WAKE_SOME = text("""
    UPDATE due_work SET due_at = least(due_at, :now), armed = armed + 1,
                        trace = CASE WHEN due_at <= :now THEN trace ELSE coalesce(CAST(:trace AS jsonb), trace) END
    WHERE id IN (SELECT id FROM due_work WHERE waits_for && CAST(:subjects AS text[]) AND id > :after
                 ORDER BY id LIMIT :limit FOR UPDATE)
    RETURNING id
""")


class HasCause(Protocol):
    """Whoever knows the cause of what is being done."""

    cause: "Cause"


def kind_of(command: type) -> str:
    """The stored name of a command: its class name in snake case."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in command.__name__).lstrip("_")


def payload_of(command: object) -> str:
    """The stored form of a command; equal commands have equal text, so that a command waits at most once."""
    if not is_dataclass(command) or isinstance(command, type):
        raise TypeError("a command is an instance of a frozen dataclass")
    return orjson.dumps(asdict(command), default=str, option=orjson.OPT_SORT_KEYS).decode()


def command_of(kind: type[Any], payload: str) -> Any:
    """The command behind its stored form; raises pydantic.ValidationError."""
    if not fields(kind):
        return kind()
    return _reader(cast("Hashable", kind)).validate_json(payload)


@cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    """Made once for each command: to make it costs more than a hundred payloads."""
    return TypeAdapter(kind)


class DueWork:
    """The due work of one service, inside one transaction."""

    def __init__(self, connection: AsyncConnection, owner: HasCause) -> None:
        self._connection = connection
        self._owner = owner
        # Whether this transaction left something that may be due at once.
        self.left = False
        # Whether some of it may have to be bounded before it is looked at once more, and whether some is due in a
        # moment: nothing tells when, so it is looked for.
        self.unbounded = False
        self.soon = False
        self._armed: set[tuple[str, str]] = set()

    def is_armed(self, kind: str, payload: str) -> bool:
        """Whether this transaction left this very work for later: then whoever has run it need not look whether it is
        done.

        Hazard: work that was left inside a savepoint is held to be left also when that is rolled back. Whatever a
        command leaves of itself it leaves outside of savepoints, or it would stay, due at no time.
        """
        return (kind, payload) in self._armed

    def has_left(self, kinds: Collection[str]) -> bool:
        """Whether this transaction left work of one of these kinds for later."""
        return any(kind in kinds for kind, _ in self._armed)

    async def at(self, command: object, due_at: datetime) -> None:
        """Run the command at an instant, or sooner if it is already due sooner."""
        await self._keep(command, due_at, (), sooner=True)

    async def all_at(self, commands: Sequence[object], due_at: datetime) -> None:
        """The same of many of one kind, which are different from each other or equal."""
        if not commands:
            return
        cause, kind, instant = self._owner.cause, kind_of(type(commands[0])), now()
        # In one order, as whoever writes some of them goes.
        payloads = sorted({payload_of(each) for each in commands})
        values = {"kind": kind, "payloads": payloads, "due_at": due_at, "now": instant}
        asked = {"correlation_id": cause.correlation_id, "causation_id": cause.causation_id}
        await self._connection.execute(_KEEP_ALL, {**values, **asked, "trace": orjson.dumps(inject()).decode()})
        self.left = True
        self.soon = self.soon or timedelta() < due_at - instant < SOON
        self._armed |= {(kind, payload) for payload in payloads}

    def beside(self, commands: Sequence[object], due_at: datetime) -> dict[str, Any]:
        """The values of `LEAVE_BESIDE` for commands of one kind that are run at an instant, with their payloads in
        order: a request has a statement less."""
        cause = self._owner.cause
        payloads = [payload_of(each) for each in commands]
        kind = kind_of(type(commands[0]))
        self.left = True
        self.soon = self.soon or timedelta() < due_at - now() < SOON
        self._armed |= {(kind, payload) for payload in payloads}
        return {
            "due_kind": kind,
            "due_at": due_at,
            "due_correlation_id": cause.correlation_id,
            "due_causation_id": cause.causation_id,
            "due_trace": orjson.dumps(inject()).decode(),
            "payloads": payloads,
        }

    async def when(self, command: object, subjects: Iterable[Subject], deadline: datetime | None) -> None:
        """Run the command when one of the subjects changes, and at the deadline at the latest (None: no deadline).

        Call it once in a run, with the subject of every fact that the run looked for: a subject that was not listened
        to before makes the command be rechecked.
        """
        await self._keep(command, deadline, _names(subjects), sooner=False)

    async def goes_on(self, command: object) -> bool:
        """Go on listening to what the command, which is being run, listens to: it found that nothing of it has changed.

        Without a deadline. False where it listens to none: then it is to say to which.
        """
        kind, payload = kind_of(type(command)), payload_of(command)
        goes_on = (await self._connection.execute(_GOES_ON, {"kind": kind, "payload": payload})).rowcount > 0
        if goes_on:
            self._armed.add((kind, payload))
        return goes_on

    async def after_concurrent(self, command: object) -> None:
        """Run the command when every transaction has ended that was open when this one is committed.

        For a command that nobody wakes: whoever comes later sees what this transaction wrote. What the command waits
        for already, a subject or an instant, it goes on waiting for.
        """
        await self._keep(command, None, (), sooner=True, recheck=True)

    async def wake(self, subjects: Collection[Subject | Subjects]) -> None:
        """Facts about these subjects changed: what listens to any of them becomes due, in the trace of the change."""
        await self._wake(subjects, orjson.dumps(inject()).decode())

    async def listened(self, subjects: Collection[Subject]) -> set[str]:
        """Those of these subjects that something listens to: the others need not be woken.

        What begins to listen meanwhile is looked at once more, as it is where it is woken.
        """
        if not subjects:
            return set()
        await self._connection.execute(_ONLY_BITMAPS)
        found = await self._connection.execute(_LISTENED, {"groups": _groups(_names(subjects))})
        listened = set(found.scalars())
        await self._connection.execute(_ANY_PLAN)
        return listened

    async def wake_arrived(self, subjects: Collection[Subject]) -> None:
        """All has arrived up to an instant, which is no fact: what waited for that goes on in its own trace."""
        await self._wake(subjects, None)

    async def wake_some(self, subject: Subject, after: int, limit: int) -> int | None:
        """Wake at most so many of those that listen to a subject, from after an id on: very many may listen to it.

        The id after which to go on, in a transaction of its own; None when these were the last. The fact is committed
        before the first of them.
        """
        trace = orjson.dumps(inject()).decode()
        page = {"subjects": _names({subject}), "after": after, "limit": limit, "trace": trace, "now": now()}
        woken = (await self._connection.execute(_WAKE_SOME, page)).scalars().all()
        self.left = self.left or bool(woken)
        return max(woken) if len(woken) == limit else None

    async def _wake(self, subjects: Collection[Subject | Subjects], trace: str | None) -> None:
        names = _all_names(subjects)
        woken = {"trace": trace, "now": now()}
        if len(names) > _GROUP:
            await self._connection.execute(_ONLY_BITMAPS)
            self._count(await self._connection.execute(_WAKE_GROUPS, woken | {"groups": _groups(names)}))
            await self._connection.execute(_ANY_PLAN)
        elif names:
            self._count(await self._connection.execute(_WAKE, woken | {"subjects": names}))

    def _count(self, woken: CursorResult[Any]) -> None:
        self.left = self.left or woken.rowcount > 0

    async def _keep(
        self,
        command: object,
        due_at: datetime | None,
        subjects: Collection[str],
        *,
        sooner: bool,
        recheck: bool = False,
    ) -> None:
        cause, kind, payload, instant = self._owner.cause, kind_of(type(command)), payload_of(command), now()
        await self._connection.execute(
            _KEEP,
            {
                "kind": kind,
                "payload": payload,
                "due_at": due_at,
                "now": instant,
                "waits_for": list(subjects),
                "sooner": sooner,
                "recheck": recheck,
                "correlation_id": cause.correlation_id,
                "causation_id": cause.causation_id,
                "trace": orjson.dumps(inject()).decode(),
            },
        )
        self.left = True
        self.unbounded = self.unbounded or recheck or bool(subjects)
        self.soon = self.soon or (due_at is not None and timedelta() < due_at - instant < SOON)
        self._armed.add((kind, payload))


def _names(subjects: Iterable[Subject]) -> list[str]:
    """As they are stored; raises TypeError for a bare text: a subject has one spelling, and one constructor."""
    # In the order in which they came: sorting what is in order already takes no time.
    distinct = dict.fromkeys(subjects)
    if not all(issubclass(each, Subject) for each in set(map(type, distinct))):
        raise TypeError(f"a subject is a Subject, not a text: {set(distinct)}")
    return sorted(distinct)


def _all_names(subjects: Collection[Subject | Subjects]) -> list[str]:
    """As they are stored, single ones and many; raises TypeError as `_names` does."""
    many = [each for each in subjects if isinstance(each, Subjects)]
    names = _names(each for each in subjects if not isinstance(each, Subjects))
    return [*names, *chain.from_iterable(each.texts for each in many)]


def _groups(names: list[str]) -> str:
    """A text that is parted twice, which costs half of an array of arrays; a group lies close together in the index."""
    ordered = sorted(names)
    groups = _BETWEEN_GROUPS.join(
        [_WITHIN_GROUP.join(ordered[first : first + _GROUP]) for first in range(0, len(ordered), _GROUP)]
    )
    if groups.count(_WITHIN_GROUP) + groups.count(_BETWEEN_GROUPS) >= len(ordered):
        raise ValueError("a subject holds what parts subjects from each other")
    return groups
