"""The steps of the relay's core in their order: what overlaps while whole batches wait, and what never does."""

from collections.abc import Sequence

import pytest

from shared.messaging.publisher import Position
from shared.messaging.relay_core import (
    Acknowledged,
    ConfirmLife,
    HandOver,
    HeartbeatTimer,
    Mark,
    Read,
    RelayCore,
    Unsent,
)
from shared.messaging.steps import drive
from shared.persistence.life import DatabaseChanged

BATCH = 3


def rows(*numbers: int) -> list[Unsent]:
    """One key each, so that a lost row holds back no other."""
    return [Unsent(number, "t", f"k{number}", {}, b"") for number in numbers]


class Shell:
    """Does the steps on a table in memory and writes down what it was asked for."""

    def __init__(self, waiting: Sequence[Unsent], lost: Sequence[int] = ()) -> None:
        self.waiting = list(waiting)
        self.lost = list(lost)
        self.steps: list[str] = []
        self.put_back = False
        self._under_way: Sequence[Unsent] = ()

    async def do(self, step: object) -> object:
        match step:
            case Read(limit, under_way):
                found = [row for row in self.waiting if row not in under_way][:limit]
                self._note("read", found)
                return found
            case HandOver(batch):
                self._under_way = batch
                self._note("hand over", batch)
            case Acknowledged():
                self._note("acknowledged", self._under_way)
                return [None if self._is_lost(row) else Position(0, row.id) for row in self._under_way]
            case ConfirmLife():
                self._note("confirm life", ())
                if self.put_back:
                    raise DatabaseChanged("put back")
            case Mark(sent):
                self.waiting = [row for row in self.waiting if row.id not in {each.id for each, _ in sent}]
                self._note("mark", [row for row, _ in sent])
        return None

    def _is_lost(self, row: Unsent) -> bool:
        if row.id in self.lost:
            self.lost.remove(row.id)
            return True
        return False

    def _note(self, what: str, batch: Sequence[Unsent]) -> None:
        self.steps.append(f"{what} {''.join(str(row.id) for row in batch)}".rstrip())


def core(now: float = 0.0) -> RelayCore:
    heartbeats = HeartbeatTimer(after_traffic=3.0, idle=30.0)
    heartbeats.sent(0.0)
    return RelayCore(lambda: now, heartbeats, batch=BATCH)


async def test_one_event_takes_a_read_a_send_and_a_mark() -> None:
    shell = Shell(rows(1))
    assert await drive(core().relay_batches(), shell.do) == 1
    assert shell.steps == ["read 1", "hand over 1", "acknowledged 1", "mark 1"]


async def test_while_one_batch_is_sent_the_former_is_marked_and_the_next_is_read() -> None:
    shell = Shell(rows(1, 2, 3, 4, 5, 6, 7))
    assert await drive(core().relay_batches(), shell.do) == 7
    assert shell.steps == [
        *("read 123", "hand over 123", "read 456", "acknowledged 123"),
        *("confirm life", "hand over 456", "mark 123", "read 7", "acknowledged 456"),
        *("confirm life", "hand over 7", "mark 456", "acknowledged 7", "mark 7"),
    ]


async def test_behind_a_batch_with_a_lost_row_nothing_that_was_read_ahead_is_sent() -> None:
    shell = Shell(rows(1, 2, 3, 4, 5), lost=[2])
    assert await drive(core().relay_batches(), shell.do) == 2
    assert shell.steps == ["read 123", "hand over 123", "read 45", "acknowledged 123", "mark 13"]
    assert await drive(core().relay_batches(), shell.do) == 3
    assert shell.steps[5:7] == ["read 245", "hand over 245"]


async def test_what_was_read_ahead_is_not_sent_when_the_database_was_put_back_meanwhile() -> None:
    shell = Shell(rows(1, 2, 3, 4))
    shell.put_back = True
    with pytest.raises(DatabaseChanged):
        await drive(core().relay_batches(), shell.do)
    assert shell.steps == ["read 123", "hand over 123", "read 4", "acknowledged 123", "confirm life"]


async def test_where_a_place_is_given_again_nothing_that_was_read_ahead_is_sent_before_that_is_marked() -> None:
    """Marking it has sent again what stood there: of each key that comes before what follows."""
    relay, shell = core(), Shell(rows(1, 2, 3, 4))
    relay.last_offsets["t", 0] = 3
    assert await drive(relay.relay_batches(), shell.do) == 3
    assert shell.steps == ["read 123", "hand over 123", "read 4", "acknowledged 123", "mark 123"]
    assert await drive(relay.relay_batches(), shell.do) == 1


async def test_a_backlog_does_not_keep_a_heartbeat_that_is_due() -> None:
    shell = Shell(rows(1, 2, 3, 4))
    assert await drive(core(now=30.0).relay_batches(), shell.do) == 3
    assert shell.steps == ["read 123", "hand over 123", "acknowledged 123", "mark 123"]


async def test_each_place_is_remembered_when_it_is_marked() -> None:
    relay, shell = core(), Shell(rows(1, 2, 3, 4))
    await drive(relay.relay_batches(), shell.do)
    assert relay.last_offsets == {("t", 0): 4}


def test_the_trace_of_an_event_is_read_where_it_is_sampled() -> None:
    traced = [Unsent(1, "t", "k", {"ce_traceparent": f"00-{'a' * 32}-{'b' * 16}-0{flags}"}, b"") for flags in "01a3"]
    assert [bool(row.trace) for row in traced] == [False, True, False, True]
    assert rows(1)[0].trace == {}
