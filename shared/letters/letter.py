"""What a letter says, in each language: data that is laid out later, and never markup.

It names whom it is to by party and number. Names and addresses stay with registration: they come onto the envelope
where it is posted, and into no letter that is stored.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, Self, TypeAlias

import orjson

Language: TypeAlias = Literal["ms", "en"]
# In the order in which a letter of both has them.
LANGUAGES: tuple[Language, ...] = ("ms", "en")


class Wording(StrEnum):
    """In which languages a letter is laid out."""

    BOTH = "both"
    MALAY = "ms"
    ENGLISH = "en"

    @property
    def languages(self) -> tuple[Language, ...]:
        """Each of them, in order."""
        return LANGUAGES if self is Wording.BOTH else ("ms",) if self is Wording.MALAY else ("en",)


class LetterKind(StrEnum):
    """Why somebody is written to."""

    AWARD = "award"
    """A decision by which something is owed."""
    REFUSAL = "refusal"
    """A decision by which nothing is owed, when nothing of it is pending any more."""
    REVISION = "revision"
    """A decision in the place of one that was told before: it says what changed."""
    EVIDENCE_REQUEST = "evidence_request"
    PAYMENT_ADVICE = "payment_advice"
    RECOVERY = "recovery"
    """What was paid and is not owed any more, how it comes back, and why."""
    CERTIFICATE_DUE = "certificate_due"
    CERTIFICATE_REMINDER = "certificate_reminder"
    """The certificate has not come yet: until when it counts without a break."""
    SUSPENSION = "suspension"
    """A benefit is held back from a day on."""
    RESUMED = "resumed"
    """It is held back no more."""
    BOARD_INVITATION = "board_invitation"
    COMPLAINT_ANSWER = "complaint_answer"
    KNOWN_AGAIN = "known_again"
    """What its reader filed was lost, and is known again by what was published of it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part under a heading of its own: rows of a name and a value, and lines below them."""

    heading: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A letter in one language."""

    title: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Letter:
    """A letter to a party, about a matter in one of its revisions; ``dated`` is the day on which it was written.

    ``says`` is what of it is compared with the next letter about the same matter: by the name of each thing that is
    decided, how it was decided, as data.
    """

    kind: LetterKind
    about: str
    revision: int
    party: str
    reference: str
    dated: date
    said: Mapping[Language, Said]
    says: Mapping[str, Any]

    @cached_property
    def written(self) -> bytes:
        """All of it as it is stored, the same bytes for the same letter."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)

    @property
    def hash(self) -> str:
        """SHA-256 of what is stored, in hexadecimal; it stands at the foot of each page."""
        return hashlib.sha256(self.written).hexdigest()

    @classmethod
    def read(cls, written: bytes) -> Self:
        """The letter that was stored."""
        body = orjson.loads(written)
        said = {language: _said(body["said"][language]) for language in LANGUAGES}
        kind, dated = LetterKind(body["kind"]), date.fromisoformat(body["dated"])
        plain = {name: body[name] for name in ("about", "revision", "party", "reference", "says")}
        return cls(kind=kind, dated=dated, said=said, **plain)


def _said(body: Mapping[str, Any]) -> Said:
    sections = tuple(
        Section(each["heading"], tuple(each["lines"]), tuple((name, value) for name, value in each["rows"]))
        for each in body["sections"]
    )
    return Said(body["title"], tuple(body["opening"]), sections)
