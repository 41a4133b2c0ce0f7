"""What an assessment listens to (rules F2)."""

from collections.abc import Collection, Iterable
from uuid import UUID

from shared.kernel.periods import Month
from shared.kernel.subjects import Subject, Subjects

_TAKEN_OVER, _RAISED_UNTIL, _CERTIFICATE = "taken_over", "raised_until", "certificate"


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


def memberships_of(numbers: Iterable[int]) -> Subjects:
    """The memberships of persons, of every scheme."""
    return Subject.each("membership", numbers)


def wages(numbers: Iterable[int], month: str) -> Subjects:
    """The wages of persons in a month, written 2026-06."""
    return Subject.each("wage", numbers, month)


def wage(number: int, month: str) -> Subject:
    """The wages of a person in a month, written 2026-06."""
    return Subject.of("wage", number, month)


def older_wages(number: int) -> Subject:
    """The wages of a person in months so long past that no question listens to each of them."""
    return Subject.of("older_wages", number)


def taken_over(numbers: Iterable[int]) -> Subjects:
    """That months of persons were taken over from an earlier system: whoever listens to a month listens to this too.

    Asked by month, of a register that is taken over each would be looked for forty times.
    """
    return Subject.each(_TAKEN_OVER, numbers)


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


def deaths(numbers: Iterable[int]) -> Subjects:
    """The same of several persons."""
    return Subject.each("death", numbers)


def losses(number: int) -> Subject:
    """The permanent losses that are stated in the claims of a person."""
    return Subject.of("losses", number)


def decided_days(number: int) -> Subject:
    """The days that the claims of a person were given."""
    return Subject.of("decided_days", number)


def raised_until(month: Month) -> Subject:
    """The orders that raised what was paid until a month, in which a person died."""
    return Subject.of(_RAISED_UNTIL, str(month))


def raised_since(month: Month, until: Month) -> Subjects:
    """The same of each month from one until another one."""
    return Subject.each(_RAISED_UNTIL, (str(month + number) for number in range(until - month + 1)))


def accidents(number: int) -> Subject:
    """Which accidents of a person stand for themselves: one may be found to be another's, on an adjacent day."""
    return Subject.of("accidents", number)


# What a claim changes for the others of its person that joins one of them, or stands for itself again.
OF_ACCIDENTS = (claims, revisions, decided_days, accidents)


def evidence_request(id_: UUID) -> Subject:
    """A request for evidence that a party has not answered in time."""
    return Subject.of("evidence_request", id_)


def evidence_request_of(subject: Subject) -> UUID:
    """The request that a subject is."""
    return UUID(subject.split("/")[1])


def appeal(id_: UUID) -> Subject:
    """An appeal before a forum."""
    return Subject.of("appeal", id_)


def appeal_of(subject: Subject) -> UUID:
    """The appeal that a subject is."""
    return UUID(subject.split("/")[1])


# Whoever listens to one of these listens to what is taken over.
_OF_MONTHS = frozenset(("wage", "older_wages"))
# What registration and the files say of a number, under which it stays when that is merged.
_OF_NUMBERS = frozenset(("person", "spell", "membership", "wage", "older_wages", _TAKEN_OVER))


def of_all_numbers(subjects: Collection[Subject], person: int, numbers: Collection[int]) -> set[Subject]:
    """These subjects, what is taken over of months among them, and the same of each other number of the person."""
    others, found = [number for number in numbers if number != person], set(subjects)
    found |= {Subject.of(_TAKEN_OVER, each.split("/")[1]) for each in subjects if each.partition("/")[0] in _OF_MONTHS}
    for subject in found.copy() if others else ():
        kind, number, *rest = subject.split("/")
        if kind in _OF_NUMBERS and number == str(person):
            found |= {Subject.of(kind, other, *rest) for other in others}
    return found


def investigation(id_: UUID) -> Subject:
    """An investigation of a claim."""
    return Subject.of("investigation", id_)


def inconsistency(id_: UUID) -> Subject:
    """What contradicts the notice of a claim."""
    return Subject.of("inconsistency", id_)


def id_of(subject: Subject) -> UUID:
    """The id of a subject that is an investigation or an inconsistency."""
    return UUID(subject.split("/")[1])


def board_case(id_: UUID) -> Subject:
    """A case before a medical board."""
    return Subject.of("board_case", id_)


def board_session(id_: UUID) -> Subject:
    """A session of a medical board."""
    return Subject.of("board_session", id_)


def board_of(subject: Subject) -> UUID:
    """The id of such a case or session."""
    return UUID(subject.partition("/")[2])


def complaint(id_: UUID) -> Subject:
    """A complaint of a party."""
    return Subject.of("complaint", id_)


def complaint_of(subject: Subject) -> UUID:
    """The complaint that a subject is."""
    return UUID(subject.partition("/")[2])


def certificate_matter(matter: UUID) -> Subject:
    """What letters about a certificate have in common that is due by a day."""
    return Subject.of(_CERTIFICATE, matter)


def matter_of(about: str) -> UUID | None:
    """The matter of a letter about a certificate; None of any other letter."""
    kind, _, matter = about.partition("/")
    return UUID(matter) if kind == _CERTIFICATE else None


def suspension_matter(statement: UUID) -> Subject:
    """That a benefit is suspended."""
    return Subject.of("suspension", statement)


def recovery_matter(recovery: UUID) -> Subject:
    """What was paid beyond what is owed of a benefit."""
    return Subject.of("recovery", recovery)


def figure_entry(id_: UUID) -> Subject:
    """What an officer entered of a figure of the statute book."""
    return Subject.of("figure_entry", id_)


def figure_entry_of(subject: Subject) -> UUID:
    """The id of such an entry."""
    return UUID(subject.partition("/")[2])


def medical(number: int) -> Subject:
    """What stands of the accidents of a person, as their treatment is borne by it."""
    return Subject.of("medical", number)


def medical_authorisation(id_: UUID) -> Subject:
    """An authorisation of treatment."""
    return Subject.of("medical_authorisation", id_)


def medical_bill(id_: UUID) -> Subject:
    """A provider's bill."""
    return Subject.of("medical_bill", id_)


def medical_of(subject: Subject) -> UUID:
    """The id of such an authorisation or bill."""
    return UUID(subject.partition("/")[2])


def figure(name: str) -> Subject:
    """What officers enter of a figure of the statute book."""
    return Subject.of("figure", name)
