"""People and employers of a population: each follows from the seed and its number alone, so that nothing is kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from shared.kernel.periods import Month
from tests.population.dice import Dice
from tests.population.names import company_of, name_of

# How many people employers begin with: the least, the most, and the share of employers in a hundred thousand. The mean
# is 16, and the largest have more than 10,000.
_SIZES = (
    (1, 4, 60_000),
    (5, 9, 18_000),
    (10, 29, 14_000),
    (30, 74, 5_000),
    (75, 199, 2_000),
    (200, 999, 800),
    (1_000, 4_999, 84),
    (5_000, 15_000, 6),
)
_OF_ALL = sum(share for *_, share in _SIZES)
_FIRST_BIRTH, _LAST_BIRTH = date(1960, 1, 1), date(2007, 12, 31)
_BIRTHS = (_LAST_BIRTH - _FIRST_BIRTH).days + 1
# Any step that shares no factor with the number of days passes each of them once.
_STEP = 7_919
# States and other places of birth that a MyKad's number knows, and serials of the other century, as a sandbox asks:
# people born in the 1900s have serials from 5000 to 7999, those of the 2000s from 0000 to 3999 (assumed).
_PLACES = tuple(f"{number:02d}" for number in (*range(1, 17), *range(21, 60), 82))
_SERIALS = 3_000
_WORK_BEGINS = date(2013, 1, 1)
# Ringgit; weights of a hundred, so that most earn little and few reach the ceiling of RM6,000.
_WAGES = ((1_700, 2_400, 42), (2_400, 3_500, 28), (3_500, 5_000, 16), (5_000, 6_500, 8), (6_500, 15_000, 6))
STATES = [
    "JOHOR",
    "KEDAH",
    "KELANTAN",
    "MELAKA",
    "N.SEMBILAN",
    "PAHANG",
    "PERAK",
    "PERLIS",
    "P.PINANG",
    "SABAH",
    "SARAWAK",
    "SELANGOR",
    "TERENGGANU",
]
SECTORS = [
    "manufacturing",
    "construction",
    "retail",
    "food",
    "agriculture",
    "transport",
    "health",
    "education",
    "finance",
    "public",
]


@dataclass(frozen=True, slots=True)
class Employment:
    """Days with an employer, by its place in the population; `last` is None while it goes on."""

    employer: int
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the population, as real as a test needs; no number of theirs can be a real person's."""

    number: int
    id_kind: str
    id_number: str
    old_ic: str | None
    name: str
    born_on: date
    residence: str
    wage: int = field(repr=False)
    employments: tuple[Employment, ...]

    def wage_sen(self, month: Month, employer: int) -> int:
        """The wage of a month: of a second job less, and a little more each year."""
        later = max(0, month.first_day.year - 2020)
        paid = self.wage * (100 + 3 * later) // 100
        own = self.employments[0].employer == employer
        return (paid if own else paid * 2 // 5) // 10 * 10 * 100


@dataclass(frozen=True, slots=True)
class Firm:
    """An employer of the population, with the numbers of those who work for it first."""

    number: int
    code: str
    mycoid: str
    name: str
    state: str
    sector: str
    first_person: int
    size: int


@dataclass(frozen=True)
class Population:
    """So many people, as of a day: nothing that is stated of them lies after it."""

    seed: int
    persons: int
    as_of: date

    def firms(self) -> Iterator[Firm]:
        """All employers, one after another, until everybody works for one."""
        begins = number = 0
        while begins < self.persons:
            firm = self._firm(number, begins)
            yield firm
            begins, number = begins + firm.size, number + 1

    def staff(self) -> Iterator[tuple[Firm, list[Someone]]]:
        """Each employer with its people: its own, and those of the one before who have a second job with it."""
        before: list[Someone] = []
        for firm in self.firms():
            own = [
                self.someone(number, firm.number) for number in range(firm.first_person, firm.first_person + firm.size)
            ]
            beside = [each for each in before if any(job.employer == firm.number for job in each.employments)]
            yield firm, own + beside
            before = own

    def someone(self, number: int, employer: int) -> Someone:
        """A person who works for an employer first."""
        dice = Dice(self.seed, "person", number)
        born_on = _FIRST_BIRTH + timedelta(days=number * _STEP % _BIRTHS)
        is_foreign, is_woman = dice.below(1000) < 125, dice.below(2) == 1
        kind, id_number = _foreign_id(dice, number) if is_foreign else ("mykad", _mykad(number, born_on))
        has_old = not is_foreign and born_on.year < 1972 and dice.below(3) == 0
        residence = "foreign_worker" if is_foreign else ("permanent_resident" if dice.below(100) == 0 else "citizen")
        return Someone(
            number=number,
            id_kind=kind,
            id_number=id_number,
            old_ic=f"ZZ{number:08d}" if has_old else None,
            name=name_of(dice, is_woman, is_foreign),
            born_on=born_on,
            residence=residence,
            wage=_wage(dice),
            employments=self._employments(dice, born_on, employer),
        )

    def _firm(self, number: int, begins: int) -> Firm:
        dice = Dice(self.seed, "firm", number)
        size = min(_size(dice), self.persons - begins)
        state, sector = dice.one_of(STATES), dice.one_of(SECTORS)
        code, mycoid = f"Z{number:09d}X", f"9999{number:08d}"
        return Firm(number, code, mycoid, company_of(dice, number), state, sector, begins, size)

    def _employments(self, dice: Dice, born_on: date, employer: int) -> tuple[Employment, ...]:
        """One employment; of some it ended, some left and came back, some have a second job with the next employer."""
        begins = max(_WORK_BEGINS, date(born_on.year + 18, 1, 1))
        first = begins + timedelta(days=dice.below(max(1, (self.as_of - begins).days - 200)))
        first, share = first.replace(day=1) if dice.below(3) else first, dice.below(100)
        worked = (self.as_of - first).days
        found = [Employment(employer, first, None)]
        if share < 12 and worked > 60:
            found = [Employment(employer, first, first + timedelta(days=30 + dice.below(worked - 30)))]
        elif share < 18 and worked > 400:
            left = first + timedelta(days=60 + dice.below(worked // 2))
            back = left + timedelta(days=2 + dice.below(150))
            found = [Employment(employer, first, left), Employment(employer, back, None)]
        if dice.below(100) < 4 and worked > 100:
            beside = first + timedelta(days=dice.below(worked - 50))
            found.append(Employment(employer + 1, beside, None))
        return tuple(found)


def _size(dice: Dice) -> int:
    share = dice.below(_OF_ALL)
    for least, most, part in _SIZES:
        if share < part:
            # Small ones are more: the square leans to the least.
            lean = dice.part()
            return least + int((most - least + 1) * lean * lean) if most > 100 else least + dice.below(most - least + 1)
        share -= part
    raise AssertionError("the shares are of all")


def _wage(dice: Dice) -> int:
    share = dice.below(100)
    for least, most, part in _WAGES:
        if share < part:
            return (least + dice.below(most - least)) // 50 * 50
        share -= part
    raise AssertionError("the weights are a hundred")


def _mykad(number: int, born_on: date) -> str:
    """Of those who are born on one day each has a place and a serial of their own."""
    slot = number // _BIRTHS
    place, serial = _PLACES[slot % len(_PLACES)], slot // len(_PLACES)
    if serial >= _SERIALS:
        raise ValueError("a population has at most a billion people")
    return f"{born_on:%y%m%d}{place}{serial if born_on.year < 2000 else 5_000 + serial:04d}"


def _foreign_id(dice: Dice, number: int) -> tuple[str, str]:
    """A passport of the series ZZ, which no country gives out, or an SSFW number beyond those that are given."""
    return ("ssfw", f"9999{number:08d}") if dice.below(10) < 3 else ("passport", f"ZZ{number:08d}")
