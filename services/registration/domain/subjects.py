"""What the commands of registration wait for."""

from shared.kernel.subjects import Subject


def contributions(employer: int, month: int) -> Subject:
    """What an employer declared for a month, which is written 202606."""
    return Subject.of("contributions", employer, month)
