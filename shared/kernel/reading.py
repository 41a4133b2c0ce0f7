"""What is read of people, and for what: the two fixed lists of the read log (decision 93)."""

from enum import StrEnum


class DataKind(StrEnum):
    """What an answer tells of people."""

    HEALTH = "health"
    """Diagnoses, certificates, days of unfitness, losses, treatment."""
    WAGE = "wage"
    """Wages, by month or as a claim is worked out from them."""
    CLAIM = "claim"
    """That there is a claim, a question or a task about somebody, how it stands, and why."""
    PAYMENT = "payment"
    """What is owed, paid, suspended or to come back."""


class Purpose(StrEnum):
    """For what somebody reads: the header `Purpose`."""

    CLAIM = "claim"
    """To decide a claim, or to look after one."""
    MEDICAL_BOARD = "medical_board"
    APPEAL = "appeal"
    PAYMENT = "payment"
    """To pay what is owed, or to get back what is not."""
    CONTRIBUTION = "contribution"
    """To register, to post and to collect contributions."""
    REHABILITATION = "rehabilitation"
    EMPLOYMENT = "employment"
    """To find work for somebody."""
    PERSON_ASKED = "person_asked"
    """The person asked for it."""
    COMPLAINT = "complaint"
    FRAUD = "fraud"
    AUDIT = "audit"
    STATISTICS = "statistics"
    SUPPORT = "support"
    """To help somebody who uses the platform, or to keep it running."""
