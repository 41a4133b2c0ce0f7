"""What the commands of registration wait for, and what its tasks are about."""

from shared.kernel.periods import Month
from shared.kernel.subjects import Subject


def contributions(employer: int, month: int) -> Subject:
    """What an employer declared for a month, which is written 202606."""
    return Subject.of("contributions", employer, month)


def refund(employer: int, month: Month) -> Subject:
    """The refund of an employer's wage month."""
    return Subject.of("refund", employer, str(month))


def month_of_refund(subject: Subject) -> tuple[int, Month]:
    """The employer and the month of a refund."""
    _, employer, month = subject.split("/")
    return int(employer), Month.of(month)
