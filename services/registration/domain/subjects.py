"""What the commands of registration wait for, and what its tasks are about."""

from collections.abc import Iterable
from uuid import UUID

from shared.kernel.periods import Month
from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject, Subjects


def contributions(employer: int, month: int) -> Subject:
    """What an employer declared for a month, which is written 202606."""
    return Subject.of("contributions", employer, month)


def sent(employer: int) -> Subject:
    """What an employer sent, as long as some of it is not worked off."""
    return Subject.of("sent", employer)


def refund(employer: int, month: Month) -> Subject:
    """The refund of an employer's wage month."""
    return Subject.of("refund", employer, str(month))


def month_of_refund(subject: Subject) -> tuple[int, Month]:
    """The employer and the month of a refund."""
    _, employer, month = subject.split("/")
    return int(employer), Month.of(month)


def person_correction(correction: UUID) -> Subject:
    """A correction of what is known of a person."""
    return Subject.of("person_correction", correction)


def correction_of(subject: Subject) -> UUID:
    """The id of a correction."""
    return UUID(subject.partition("/")[2])


def possible_duplicate(person: int, other: int) -> Subject:
    """Two numbers that may be one person's, in whatever order they are given."""
    return Subject.of("possible_duplicate", *sorted((person, other)))


def pair_of(subject: Subject) -> tuple[int, int]:
    """The two numbers, the lower one first."""
    _, person, other = subject.split("/")
    return int(person), int(other)


def registered(number_index: str) -> Subject:
    """That somebody is registered who bears these digits, by their keyed hash."""
    return Subject.of("registered", number_index)


def all_registered(number_indexes: Iterable[str]) -> Subjects:
    """The same of many digits."""
    return Subject.each("registered", number_indexes)


def employed(employer: int, person: int) -> Subject:
    """The employment of a person with an employer."""
    return Subject.of("employed", employer, person)


def all_employed(pairs: Iterable[tuple[int, int]]) -> Subjects:
    """The same of many, by employer and person."""
    return Subject.each("employed", (f"{employer}/{person}" for employer, person in pairs))


def interest(employer: int, month: Month) -> Subject:
    """The interest on what an employer paid late of a wage month."""
    return Subject.of("interest", employer, str(month))


def month_of_interest(subject: Subject) -> tuple[int, Month]:
    """The employer and the month of an interest."""
    return month_of_refund(subject)


def bank_credit(credit: UUID) -> Subject:
    """Money on the organisation's account."""
    return Subject.of("bank_credit", credit)


def credit_of(subject: Subject) -> UUID:
    """The id of such money."""
    return UUID(subject.partition("/")[2])


def spell_statement(statement: UUID) -> Subject:
    """What a contribution file says of a spell."""
    return Subject.of("spell_statement", statement)


def statement_of_subject(subject: Subject) -> UUID:
    """The id of what was said of a spell."""
    _, statement = subject.split("/")
    return UUID(statement)


def relation_statement(statement: UUID) -> Subject:
    """What an officer stated of a family relation."""
    return Subject.of("relation_statement", statement)


def statement_of_relation(subject: Subject) -> UUID:
    """The statement of such a subject."""
    return UUID(subject.partition("/")[2])


def register_statement(statement: UUID) -> Subject:
    """What a public register stated."""
    return Subject.of("register_statement", statement)


def statement_of_register(subject: Subject) -> UUID:
    """The statement of such a subject."""
    return UUID(subject.partition("/")[2])


def opening_file(file: UUID) -> Subject:
    """A file of an earlier system's register."""
    return Subject.of("opening_file", file)


def file_of_opening(subject: Subject) -> UUID:
    """The id of such a file."""
    return UUID(subject.partition("/")[2])


def spell_correction(correction: UUID) -> Subject:
    """A correction of a spell."""
    return Subject.of("spell_correction", correction)


def correction_of_spell(subject: Subject) -> UUID:
    """The correction of such a subject."""
    return UUID(subject.partition("/")[2])


def foreign_pass(person: int) -> Subject:
    """The pass of a foreign worker."""
    return Subject.of("foreign_pass", person)


def person_of_pass(subject: Subject) -> int:
    """The person of such a subject."""
    return int(subject.partition("/")[2])


def employer_statement(statement: UUID) -> Subject:
    """What is stated of an employer."""
    return Subject.of("employer_statement", statement)


def statement_of_employer(subject: Subject) -> UUID:
    """The statement of such a subject."""
    return UUID(subject.partition("/")[2])


def person_merge(statement: UUID) -> Subject:
    """That two numbers are one person's, or are not."""
    return Subject.of("person_merge", statement)


def statement_of_merge(subject: Subject) -> UUID:
    """The statement of such a subject."""
    return UUID(subject.partition("/")[2])


def contribution_file(file: UUID) -> Subject:
    """A contribution file."""
    return Subject.of("contribution_file", file)


def file_of(subject: Subject) -> UUID:
    """The file of such a subject."""
    return UUID(subject.partition("/")[2])


def enforcement(matter: str, id_: UUID) -> Subject:
    """A notice, an assessment or a compound."""
    return Subject.of("enforcement", matter, id_)


def matter_of(subject: Subject) -> tuple[str, UUID]:
    """Which of them, and its id."""
    _, matter, id_ = subject.split("/")
    return matter, UUID(id_)


def erasure(erasure_: UUID) -> Subject:
    """That what is kept of a person is erased."""
    return Subject.of("erasure", erasure_)


def erasure_of_subject(subject: Subject) -> UUID:
    """The erasure of such a subject."""
    return UUID(subject.partition("/")[2])


def cover_payment(payment: UUID) -> Subject:
    """A payment for cover."""
    return Subject.of("cover_payment", payment)


def payment_of_cover(subject: Subject) -> UUID:
    """The payment of such a subject."""
    return UUID(subject.partition("/")[2])


def asked_in(queue: Queue, about: str) -> Subject:
    """What officers are asked about in a queue, by what stands behind the kind of its subjects."""
    return Subject.of(queue.subject, about)
