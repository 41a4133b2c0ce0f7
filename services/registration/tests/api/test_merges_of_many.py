"""Merges and splits of four numbers, drawn by chance: after each, who is one, who sees whom, and who is a member."""

import random

import pytest

from services.registration.tests.api.test_person_merges import merge, merged, parted, person
from services.registration.tests.support import Register, party_of
from shared.kernel.identifiers import person_number

BORN = ("800101", "820202", "840303", "860404")
SINCE = ("2022-01-01", "2023-01-01", "2024-01-01", "2025-01-01")


class Links:
    """Which number went into which, as two officers were asked to decide."""

    def __init__(self, numbers: list[str]) -> None:
        self.numbers = numbers
        self.into: dict[str, str] = {}

    def last(self, number: str) -> str:
        """The number that survives of one."""
        return self.last(self.into[number]) if number in self.into else number

    def of(self, number: str) -> set[str]:
        """All numbers of the one person."""
        return {each for each in self.numbers if self.last(each) == self.last(number)}


async def check(register: Register, links: Links, employers: dict[str, str]) -> None:
    """Each number is answered with the one that survives, to those who employ the person; its memberships begin with
    the first employment of any of its numbers."""
    newest = {each["person"]: each["periods"] for each in await register.memberships("act4")}
    for number in links.numbers:
        last = links.last(number)
        read = (await person(register, number)).json()
        assert (read["person"], read["merged_into"]) == (number, None if last == number else last)
        for of, employer in employers.items():
            seen = (await person(register, number, party_of(employer))).status_code == 200
            assert seen == (of in links.of(number)), f"{employer} and {number}"
        began = [each["first"] for each in newest[person_number(number)]][:1]
        first = min(SINCE[links.numbers.index(each)] for each in links.of(number))
        assert began == ([first] if last == number else []), number


@pytest.mark.parametrize("seed", range(4))
async def test_after_each_everything_is_as_the_links_that_stand_have_it(register: Register, seed: int) -> None:
    numbers, employers = list[str](), dict[str, str]()
    for place, (born, since) in enumerate(zip(BORN, SINCE, strict=True)):
        code = f"A000000000{place}B"
        employer, number = await register.worker_of(code, f"{born}14567{place}", since)
        numbers.append(number)
        employers[number] = employer
    links, dice = Links(numbers), random.Random(seed)
    await check(register, links, employers)
    for _ in range(7):
        goes, stays = dice.sample(numbers, 2)
        if goes in links.into and dice.random() < 0.6:
            await parted(register, goes)
            del links.into[goes]
        elif links.last(goes) == links.last(stays):
            assert (await merge(register, goes, stays)).json()["code"] == "merge_impossible"
        else:
            last, survivor = links.last(goes), links.last(stays)
            await merged(register, goes, stays)
            links.into[last] = survivor
        await check(register, links, employers)
