"""What an assessment listens to (rules F2)."""

from collections.abc import Collection, Iterable
from uuid import UUID

from shared.kernel.subjects import Subject, Subjects


def identity(id_token: str) -> Subject:
    """Who bears a national id, by its token."""
    return Subject.of("identity", id_token)


def identities(id_tokens: Iterable[str]) -> Subjects:
    """Who bears national ids, by their tokens."""
    return Subject.each("identity", id_tokens)


def persons(numbers: Iterable[int]) -> Subjects:
    """The attributes of persons."""
    return Subject.each("person", numbers)


def person(number: int) -> Subject:
    """The attributes of a person."""
    return Subject.of("person", number)


def spells(number: int) -> Subject:
    """The spells of employment of a person."""
    return Subject.of("spell", number)


def spells_of(numbers: Iterable[int]) -> Subjects:
    """The spells of employment of persons."""
    return Subject.each("spell", numbers)


def memberships(number: int) -> Subject:
    """The memberships of a person, of every scheme."""
    return Subject.of("membership", number)


def wages(numbers: Iterable[int], month: str) -> Subjects:
    """The wages of persons in a month, written 2026-06."""
    return Subject.each("wage", numbers, month)


def wage(number: int, month: str) -> Subject:
    """The wages of a person in a month, written 2026-06."""
    return Subject.of("wage", number, month)


def older_wages(number: int) -> Subject:
    """The wages of a person in months so long past that no question listens to each of them."""
    return Subject.of("older_wages", number)


def claim(id_: UUID) -> Subject:
    """What stands of a claim."""
    return Subject.of("claim", str(id_))


def claims(number: int) -> Subject:
    """What stands of the claims of a person, whichever they are."""
    return Subject.of("claims", number)


def revisions(number: int) -> Subject:
    """The revisions of the claims of a person: who listens to it may be one of them, and wakes nobody without one."""
    return Subject.of("revisions", number)


def question(claim: UUID, name: str) -> Subject:
    """One question of a claim."""
    return Subject.of("question", claim, name)


def claim_of(subject: Subject) -> UUID:
    """The claim of a subject that is a claim or one of its questions."""
    return UUID(subject.split("/")[1])


def question_of(subject: Subject) -> str:
    """The name of the question that a subject is."""
    return subject.split("/")[2]


def death(number: int) -> Subject:
    """Whether a person has died."""
    return Subject.of("death", number)


def losses(number: int) -> Subject:
    """The permanent losses that are stated in the claims of a person."""
    return Subject.of("losses", number)


def decided_days(number: int) -> Subject:
    """The days that the claims of a person were given."""
    return Subject.of("decided_days", number)


# What registration and the files say of a number, under which it stays when that is merged.
_OF_NUMBERS = frozenset(("person", "spell", "membership", "wage", "older_wages"))


def of_all_numbers(subjects: Collection[Subject], person: int, numbers: Collection[int]) -> set[Subject]:
    """These subjects, and the same of each other number of the person."""
    others, found = [number for number in numbers if number != person], set(subjects)
    for subject in subjects if others else ():
        kind, number, *rest = subject.split("/")
        if kind in _OF_NUMBERS and number == str(person):
            found |= {Subject.of(kind, other, *rest) for other in others}
    return found
