"""What the commands of jobs wait for."""

from shared.kernel.subjects import Subject


def spell_with(person: int, employer: int) -> Subject:
    """The spells of a person with an employer."""
    return Subject.of("spell", person, employer)
