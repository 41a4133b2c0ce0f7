"""What the commands of benefits wait for."""

from uuid import UUID

from shared.kernel.subjects import Subject


def assessment(claim: UUID) -> Subject:
    """What claims decided of a claim."""
    return Subject.of("assessment", claim)


def payee(person: int) -> Subject:
    """The account to which a person's benefits go."""
    return Subject.of("payee", person)


def owed_days(person: int) -> Subject:
    """Which claim of a person has which day."""
    return Subject.of("owed_days", person)
