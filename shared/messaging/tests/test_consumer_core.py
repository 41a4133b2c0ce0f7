"""The consumer runtime's core, by what it asks for; the simulation drives the same core for thousands of days."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.messaging.consumer_core import ConsumerCore, Project, React, Take, TakeStock, runs, spans
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
    asked: list[tuple[object, ...]] = field(default_factory=list)
    reacts: bool = True

    async def do(self, step: object) -> object:
        match step:
            case TakeStock():
                return self.left_over
            case Take(raws):
                self.asked.append(("take", [each.offset for each in raws]))
                return 1
            case Project(readings):
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
