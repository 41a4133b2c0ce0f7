"""What the commands of benefits wait for."""

from uuid import UUID

from shared.kernel.subjects import Subject


def assessment(claim: UUID) -> Subject:
    """What claims decided of a claim."""
    return Subject.of("assessment", claim)


def payee(party: str) -> Subject:
    """The account to which a party is paid."""
    return Subject.of("payee", party)


def owed_days(party: str) -> Subject:
    """Which benefit of a party has which day."""
    return Subject.of("owed_days", party)


def payment_calendar() -> Subject:
    """The days on which monthly benefits are paid."""
    return Subject.of("payment_calendar", "monthly")


def increase_order(order: UUID) -> Subject:
    """An order that raises benefits."""
    return Subject.of("increase_order", order)


def party_statement(statement: UUID) -> Subject:
    """What is stated of a party that is paid by the month."""
    return Subject.of("party_statement", statement)


def id_of(subject: Subject) -> UUID:
    """The order or statement of such a subject."""
    return UUID(subject.partition("/")[2])


def payee_death(party: str) -> Subject:
    """The death of a party to which something is unpaid."""
    return Subject.of("payee_death", party)


def party_of_death(subject: Subject) -> str:
    """The party of such a subject."""
    return subject.partition("/")[2]
