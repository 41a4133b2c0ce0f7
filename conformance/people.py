"""Made-up people of a run: numbers that no real person bears, and names that nobody else of the installation has.

A MyKad is YYMMDD-PB-###G, and its ninth digit tells the century of the birth: 5 to 7 of the last one, 0 to 3 of this
one. A number here has the digit of the *other* century. Read as the national registration writes numbers, it is that
of somebody who is born in decades, or who was born more than 115 years ago.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

NEXT_CENTURY, LAST_CENTURY = "0123", "567"
PLACES = tuple(f"{place:02d}" for place in range(1, 17))
# What a word that makes a name one of its own is built from: it is pronounceable, and no name of Malaysia's.
_CONSONANTS, _VOWELS, _SYLLABLES = "BDFGHJKLMNPRSTWYZ", "AEIOU", 4
_COLUMN = 12


@dataclass(frozen=True)
class Person:
    """A person as the pack describes one, with the number and the name of this run."""

    key: str
    name: str
    id_kind: str
    id_number: str
    born_on: date
    residence: str
    started_on: date | None
    employed: bool = True
    registered: bool = True
    # The word of the run that is part of the name, and the name as the pack has it.
    word: str = ""
    described: str = ""
    # What is stated with the employment: the kind of work, an intern's allowance, whether the employer is the spouse.
    work: Mapping[str, Any] = field(default_factory=dict)

    @property
    def national_id(self) -> dict[str, str]:
        """As the API takes it."""
        return {"kind": self.id_kind, "number": self.id_number}


def invented(key: str, described: Mapping[str, Any], started_on: date | None, chance: random.Random) -> Person:
    """A person of the pack, made up for a run."""
    born_on = date.fromisoformat(described["born_on"])
    kind, word = described.get("id_kind", "mykad"), own_word(chance)
    return Person(
        key,
        described["name"].replace("{own}", word),
        kind,
        number_of(kind, born_on, chance),
        born_on,
        described.get("residence", "citizen"),
        started_on,
        employed=described.get("employed", True),
        registered=described.get("registered", True),
        word=word,
        described=described["name"],
        work=work_of(described),
    )


def invented_again(person: Person, chance: random.Random) -> Person:
    """The same with another name and number: those that were made up are somebody's."""
    word = own_word(chance)
    name, number = person.described.replace("{own}", word), number_of(person.id_kind, person.born_on, chance)
    return replace(person, word=word, name=name, id_number=number)


def work_of(described: Mapping[str, Any]) -> dict[str, Any]:
    """What of an employment the API takes beside its first day."""
    stated = {name: described[name] for name in ("kind_of_work", "spouse_of_employer") if name in described}
    if "allowance" in described:
        stated["allowance"] = {"amount": described["allowance"], "currency": "MYR"}
    return stated


def number_of(kind: str, born_on: date, chance: random.Random) -> str:
    """A number of a kind that is nobody's: of 12 characters, as wide as the column of a contribution file."""
    if kind == "mykad":
        return mykad(born_on, chance)
    if kind == "ssfw":
        # Its first digits are no day of birth, and none of a series that is issued.
        return "9999" + _digits(_COLUMN - 4, chance)
    # A passport's number has nine characters at most (ICAO Doc 9303).
    return "ZZZ" + _digits(_COLUMN - 3, chance)


def mykad(born_on: date, chance: random.Random) -> str:
    """A MyKad's number with a day of birth and the ninth digit of the other century."""
    century = NEXT_CENTURY if born_on.year < 2000 else LAST_CENTURY
    return f"{born_on:%y%m%d}{chance.choice(PLACES)}{chance.choice(century)}{_digits(3, chance)}"


def is_invented(number: str, born_on: date) -> bool:
    """Whether a MyKad's number is one that no real person of this birth bears."""
    own = LAST_CENTURY if born_on.year < 2000 else NEXT_CENTURY
    other = NEXT_CENTURY if born_on.year < 2000 else LAST_CENTURY
    return len(number) == _COLUMN and number[8] in other and number[8] not in own


def own_word(chance: random.Random) -> str:
    """A word by which names are told apart: two people of one name and birth would be asked about by officers."""
    return "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(_SYLLABLES))


def _digits(count: int, chance: random.Random) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))
