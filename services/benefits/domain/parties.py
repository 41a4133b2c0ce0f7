"""Parties by kind and number, as they are paid: so far a person alone has an account."""

_PERSON = "person:"


def party_of(person: int) -> str:
    """The party that a person is."""
    return f"{_PERSON}{person}"


def person_of(party: str) -> int | None:
    """The number of the person that a party is; None of another kind."""
    return int(party.removeprefix(_PERSON)) if party.startswith(_PERSON) else None
