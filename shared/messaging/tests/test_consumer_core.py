"""The consumer runtime's core, by what it asks for; the simulation drives the same core for thousands of days."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from shared.messaging.consumer_core import (
    Begin,
    ConsumerCore,
    End,
    Left,
    Place,
    Project,
    React,
    Take,
    TakeStock,
    TurnBack,
    runs,
    spans,
)
from shared.messaging.received import Fault, Raw, Reading, Unreadable
from shared.messaging.steps import drive
from shared.messaging.tests.conftest import placed, raw
from shared.messaging.tests.deliveries import reading_of


def good(offset: int) -> Reading:
    return reading_of(raw(placed(1, offset), offset))


def bad(offset: int) -> Reading:
    return Unreadable(raw(placed(1, offset), offset), Fault.BAD_DATA)


def offsets(readings: Sequence[Reading]) -> list[int]:
    return [each.raw.offset for each in readings]


@dataclass
class Shell:
    """Answers each step as if all went well, and notes it; ``left_over`` is what an earlier process had in flight."""

    left_over: dict[tuple[str, int], int] = field(default_factory=dict)
    left: dict[Place, Left] = field(default_factory=dict)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    reacts: bool = True
    # More are too much for a limit of time.
    most: int = 1_000

    async def do(self, step: object) -> object:
        match step:
            case TakeStock():
                return self.left_over
            case Begin(places):
                self.asked.append(("begin", list(places)))
                return {place: left for place, left in self.left.items() if place in places}
            case TurnBack(turned_back):
                self.asked.append(("turn back", turned_back))
            case End(places):
                self.asked.append(("end", list(places)))
            case Take(raws):
                self.asked.append(("take", [each.offset for each in raws]))
                return 1
            case Project(readings, _):
                if len(readings) > self.most:
                    raise TimeoutError
                self.asked.append(("project", offsets(readings)))
                return [each for each in readings if not isinstance(each, Unreadable)] if self.reacts else []
            case React(received, done):
                self.asked.append(("react", [each.raw.offset for each in received], offsets(done)))
            case other:
                self.asked.append((type(other).__name__,))
        return None


def never(_: BaseException) -> bool:
    return False


async def asked_for(readings: Sequence[Reading], shell: Shell, reactions: int = 50) -> list[tuple[object, ...]]:
    consumer_core = ConsumerCore(never, reactions)
    do: Callable[[object], Awaitable[object]] = shell.do
    await drive(consumer_core.start(), do)
    await drive(consumer_core.handle(readings), do)
    return shell.asked


async def test_what_stands_in_front_of_an_unreadable_record_is_done_before_that_is_set_aside() -> None:
    """A replay that found it parked before would pass the others of its key (found by the simulation)."""
    asked = await asked_for([good(0), good(1), bad(2), good(3)], Shell())
    assert asked == [
        ("take", [0, 1]),
        ("project", [0, 1]),
        ("react", [0, 1], [0, 1]),
        ("take", [2, 3]),
        ("project", [2, 3]),
        ("react", [3], [2, 3]),
    ]


async def test_a_batch_is_done_with_the_last_of_its_reactions() -> None:
    asked = await asked_for([good(offset) for offset in range(5)], Shell(), reactions=2)
    assert [step[1:] for step in asked if step[0] == "react"] == [
        ([0, 1], []),
        ([2, 3], []),
        ([4], [0, 1, 2, 3, 4]),
    ]


async def test_a_batch_without_reactions_is_done_with_its_projection() -> None:
    assert await asked_for([good(0)], Shell(reacts=False)) == [("take", [0]), ("project", [0])]


async def test_what_an_earlier_process_had_in_flight_goes_one_by_one() -> None:
    place = (good(0).raw.topic, 0)
    asked = await asked_for([good(0), good(1), good(2)], Shell(left_over={place: 1}))
    assert asked[:4] == [("take", [0]), ("Attempt",), ("take", [1]), ("Attempt",)]
    assert asked[4:6] == [("take", [2]), ("project", [2])]


PLACE: Place = (good(0).raw.topic, 0)


async def reading(shell: Shell, *batches: Sequence[Reading], most: int = 500) -> list[tuple[object, ...]]:
    """What a process asks for that says what it reads, and ends in order."""
    consumer_core = ConsumerCore(never, most=most)
    await drive(consumer_core.begin({PLACE}), shell.do)
    for batch in batches:
        await drive(consumer_core.handle(batch), shell.do)
    await drive(consumer_core.end(), shell.do)
    return shell.asked


async def test_a_batch_leaves_no_note_of_its_own_while_its_reader_does() -> None:
    asked = await reading(Shell(reacts=False), [good(0), good(1)], [good(2)])
    assert asked == [("begin", [PLACE]), ("project", [0, 1]), ("project", [2]), ("end", [PLACE])]


async def test_where_a_reader_ended_without_a_word_so_many_records_are_noted_as_it_may_have_had() -> None:
    """Those before its position too, and one by one what it had noted itself."""
    left = {PLACE: Left(position=3, last_in_flight=1)}
    batches = [[good(1), good(2)], [good(3), good(4)], [good(5), good(6)], [good(7)]]
    asked = await reading(Shell(reacts=False, left=left), *batches, most=4)
    assert [step for step in asked if step[0] in ("take", "Attempt", "end")] == [
        ("take", [1]),
        ("Attempt",),
        ("take", [2]),
        ("take", [3, 4]),
        ("take", [5, 6]),
        ("end", [PLACE]),
    ]


async def test_what_ended_the_process_is_looked_for_from_where_the_database_stood_before_it_was_turned_back() -> None:
    """Counted from where reading goes on, as many records as a batch holds lie before it."""
    shell = Shell(reacts=False, left={PLACE: Left(position=7)})
    consumer_core = ConsumerCore(never, most=4)
    await drive(consumer_core.begin({PLACE}, {PLACE: 0}), shell.do)
    await drive(consumer_core.handle([good(offset) for offset in range(12)]), shell.do)
    assert [step for step in shell.asked if step[0] != "project"] == [
        ("begin", [PLACE]),
        ("turn back", {PLACE: 0}),
        ("take", [0, 1, 2, 3]),
        ("take", [4, 5, 6, 7]),
        ("take", [8, 9, 10, 11]),
    ]


async def test_who_suspects_something_leaves_its_word_when_it_ends() -> None:
    asked = await reading(Shell(reacts=False, left={PLACE: Left(position=0)}), [good(0)], most=2)
    assert asked[-1] == ("project", [0])


async def test_a_partition_that_went_to_another_member_is_begun_again_when_it_comes_back() -> None:
    shell, consumer_core = Shell(), ConsumerCore(never)
    for assigned in ({PLACE}, {PLACE}, set(), {PLACE}):
        await drive(consumer_core.begin(assigned), shell.do)
    assert shell.asked == [("begin", [PLACE]), ("end", [PLACE]), ("begin", [PLACE])]


async def test_after_a_fault_that_passes_a_batch_is_halved_down_to_what_goes_and_grows_again() -> None:
    """As where a statement takes too long for eight records and for four, and not for two."""
    shell = Shell(reacts=False, most=2)
    consumer_core = ConsumerCore(lambda reason: isinstance(reason, TimeoutError), most=8)
    await drive(consumer_core.begin({PLACE}), shell.do)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await drive(consumer_core.handle([good(offset) for offset in range(8)]), shell.do)
    await drive(consumer_core.handle([good(0), good(1)]), shell.do)
    assert shell.asked[1:] == [("project", [0, 1])]
    shell.most = 8
    await drive(consumer_core.handle([good(offset) for offset in range(2, 43)]), shell.do)
    assert [len(step[1]) for step in shell.asked[2:]] == [3, 4, 5, 6, 7, 8, 8]  # type: ignore[arg-type]


def test_a_run_begins_at_each_unreadable_record_that_stands_behind_an_event() -> None:
    assert runs([]) == []
    assert [offsets(run) for run in runs([bad(0), good(1), bad(2), bad(3), good(4)])] == [[0, 1], [2, 3, 4]]


def test_what_holds_nothing_cuts_no_run() -> None:
    unknown = Unreadable(raw(placed(1, 1), 1), Fault.UNKNOWN_TYPE)
    assert [offsets(run) for run in runs([good(0), unknown, good(2)])] == [[0, 1, 2]]


def test_a_span_is_the_first_and_the_last_offset_of_a_place() -> None:
    def at(partition: int, offset: int) -> Raw:
        return Raw("t", partition, offset, "", (), b"")

    assert spans([at(0, 5), at(1, 9), at(0, 3)]) == {("t", 0): (3, 5), ("t", 1): (9, 9)}
