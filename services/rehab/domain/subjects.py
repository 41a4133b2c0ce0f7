"""What people's work of rehab is about."""

from uuid import UUID

from shared.kernel.subjects import Subject


def bill(id_: UUID) -> Subject:
    """A provider's bill."""
    return Subject.of("bill", id_)


def bill_of(subject: Subject) -> UUID:
    """The bill of a subject that is one."""
    return UUID(subject.split("/")[1])
