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
