"""In which order a sender's events are worked off."""

from datetime import date

from shared.inbound.event import Taken
from shared.inbound.handling import rounds
from shared.kernel.identifiers import new_id


def taken(number: int, about: str, type_: str) -> Taken:
    return Taken(number, new_id(), "employer:1", type_, about.encode(), b"", b"", None, date(2026, 6, 1))


def said(events: list[Taken]) -> list[tuple[str, list[int]]]:
    return [(type_, [each.number for each in group]) for type_, group in rounds(events)]


def test_events_of_a_type_go_together_and_those_of_a_person_in_their_order() -> None:
    events = [
        taken(1, "a", "hired"),
        taken(2, "b", "wage"),
        taken(3, "a", "wage"),
        taken(4, "c", "hired"),
        taken(5, "a", "left"),
        taken(6, "b", "hired"),
        taken(7, "c", "wage"),
    ]
    assert said(events) == [
        ("hired", [1, 4]),
        ("wage", [2]),
        ("hired", [6]),
        ("wage", [3, 7]),
        ("left", [5]),
    ]
    assert said([]) == []


def test_no_group_has_two_events_about_one_person() -> None:
    events = [taken(number, "ab"[number % 2], "wage") for number in range(6)]
    assert said(events) == [("wage", [0, 1]), ("wage", [2, 3]), ("wage", [4, 5])]
