"""What registration and contributions have published of the people of a life, and the accounts to which they are paid.

Each life has numbers of its own, so that many live side by side: thousands by the life, then the place of the name.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from services.benefits.tests.support import ACCOUNT_NAME
from services.claims.tests.support import contributed
from services.registration.domain.membership import BOOK_BEGINS
from shared.contracts.envelope import Event
from shared.contracts.registration import (
    MembershipChangedV1,
    MembershipPeriodV1,
    PersonRegisteredV1,
    Residence,
    SpellEndedV1,
    SpellStartedV1,
)
from shared.kernel.clock import now
from shared.kernel.identifiers import employer_id, new_id, person_id
from shared.security.blind_index import IdTokens
from shared.security.names import NameTokens
from shared.testing.service import TEST_KEY
from tests.lives.life import HOSPITAL, OFFICER, EmploymentPart, Life, MembershipPart, WagesPart

_OF_ONE = 100
_SKBBK_BEGINS = date(2026, 6, 1)
_IDS, _NAMES = IdTokens(base64.b64decode(TEST_KEY)), NameTokens(base64.b64decode(TEST_KEY))


class People:
    """The numbers of a life's people and employers, by the names of their roles, and what is published of them."""

    def __init__(self, life: Life, place: int) -> None:
        """`place` is the life's among those that live beside it, from 1."""
        self.life = life
        self.first = place * _OF_ONE
        self._revisions: dict[tuple[str, ...], int] = {}
        self._spells: dict[tuple[str, str, date], UUID] = {}
        self._periods: dict[tuple[str, str], list[MembershipPeriodV1]] = {}

    @cached_property
    def persons(self) -> dict[str, int]:
        """The number of each person."""
        return {name: self.first + each for each, name in enumerate(self.life.people)}

    @cached_property
    def employers(self) -> dict[str, int]:
        """The number of each employer."""
        return {name: self.first + each for each, name in enumerate(self.life.employers)}

    @cached_property
    def hospitals(self) -> dict[str, int]:
        """The number of each hospital: the one that every life has, and those that it names."""
        return {name: self.first + each for each, name in enumerate((HOSPITAL, *self.life.hospitals))}

    @cached_property
    def parties(self) -> list[str]:
        """All of them, as the services name them."""
        return [self.party(name) for name in (*self.persons, *self.employers, *self.hospitals)]

    def party(self, name: str) -> str:
        """A party as the services name it."""
        if name == OFFICER:
            return "organisation:1"
        if name in self.hospitals:
            return f"hospital:{self.hospitals[name]}"
        return f"person:{self.persons[name]}" if name in self.persons else f"employer:{self.employers[name]}"

    def name_of(self, party: str) -> str | None:
        """The role of a party; None for one of another life."""
        kind, _, number = party.partition(":")
        found = {"person": self.persons, "employer": self.employers, "hospital": self.hospitals}.get(kind, {})
        return next((name for name, known in found.items() if known == int(number)), None)

    def public(self, name: str) -> str:
        """The number of a person or an employer as REST writes it."""
        return person_id(self.persons[name]) if name in self.persons else employer_id(self.employers[name])

    def identity(self, name: str) -> dict[str, Any]:
        """How a hospital names a person."""
        return {"national_id": {"kind": "mykad", "number": self._mykad(name)}, "name": _named(self.persons[name])}

    def account(self, name: str) -> dict[str, Any]:
        """The account that officers enter of a party."""
        if name in self.persons:
            number = self.persons[name]
        else:
            number = (
                500_000_000 + self.employers[name] if name in self.employers else 600_000_000 + self.hospitals[name]
            )
        account = {"bank_bic": "MBBEMYKL", "number": f"5{number:012d}"}
        return {"account_name": ACCOUNT_NAME, "account": account}

    def _mykad(self, name: str) -> str:
        return f"{self.life.people[name].born:%y%m%d}14{self.persons[name] % 10_000:04d}"

    def _next(self, *what: str) -> int:
        self._revisions[what] = self._revisions.get(what, 0) + 1
        return self._revisions[what]

    # What is published.

    def facts(self) -> Iterator[Event]:
        """All that is known before the first step."""
        for name in self.life.people:
            yield self.registered(name)
        for employment in self.life.employments:
            yield self.employed(employment)
        yield from self._memberships()
        for wages in self.life.wages:
            yield from self.contributed(wages)

    def registered(self, name: str, died_on: date | None = None) -> PersonRegisteredV1:
        """The person, by an identity of its own."""
        known = self.life.people[name]
        return PersonRegisteredV1(
            person=self.persons[name],
            revision=self._next("person", name),
            id_tokens=(_IDS.token("mykad", self._mykad(name)),),
            name_tokens=_NAMES.of(_named(self.persons[name])),
            born_on=known.born,
            residence=Residence(known.residence),
            registered_at=now(),
            died_on=died_on,
        )

    def employed(self, of: EmploymentPart) -> Event:
        """A spell of employment; stated again with a last day it ends."""
        key = (of.of, of.employer, of.first)
        spell = self._spells.setdefault(key, new_id())
        whole = {"spell": spell, "person": self.persons[of.of], "employer": self.employers[of.employer]}
        stated = {**whole, "revision": self._next("spell", str(spell)), "started_on": of.first}
        return SpellStartedV1(**stated) if of.last is None else SpellEndedV1(**stated, ended_on=of.last)

    def member(self, of: MembershipPart) -> MembershipChangedV1:
        """The membership with one more period; what was open ends the day before."""
        periods = self._periods.setdefault((of.of, of.scheme), [])
        periods.append(MembershipPeriodV1(category=of.category, first=of.first, last=of.last))
        return self._membership(of.of, of.scheme, periods)

    def contributed(self, of: WagesPart) -> Iterator[Event]:
        """The lines of each month; a later one of a month counts in place of the earlier."""
        person, employer = self.persons[of.of], self.employers[of.employer]
        for month in of.each_month:
            revision = self._next("wage", of.of, of.employer, month)
            yield contributed(month, of.wage, revision, person, employer)

    def _memberships(self) -> Iterator[Event]:
        """What the life states; else first category since the first employment, and SKBBK since it began."""
        stated = {(each.of, each.scheme) for each in self.life.memberships}
        for of in self.life.memberships:
            yield self.member(of)
        for name in dict.fromkeys(each.of for each in self.life.employments):
            first = min(each.first for each in self.life.employments if each.of == name)
            usual = (("act4", "first", max(first, BOOK_BEGINS)), ("skbbk", "mandatory", max(first, _SKBBK_BEGINS)))
            for scheme, category, since in usual:
                if (name, scheme) not in stated:
                    yield self.member(MembershipPart(of=name, scheme=scheme, category=category, first=since))

    def _membership(self, name: str, scheme: str, periods: Sequence[MembershipPeriodV1]) -> MembershipChangedV1:
        revision = self._next("membership", name, scheme)
        about = {"person": self.persons[name], "scheme": scheme, "revision": revision}
        return MembershipChangedV1(**about, periods=tuple(periods))


def _named(number: int) -> str:
    """A name that nobody bears, made of a number: names are compared, and one life has several people."""
    letters = "".join(chr(ord("A") + int(digit)) for digit in f"{number:06d}")
    return f"PERSON {letters} BIN {letters[::-1]}"
