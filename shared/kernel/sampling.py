"""A sample that an auditor draws, kept as it was drawn: by which seed, of which frame, and what (decision 107)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.kernel.clock import now
from shared.kernel.errors import JaringError, Kind
from shared.kernel.identifiers import new_id


class DrawUnknown(JaringError):
    """No sample was drawn so: a seed is not tried out, a draw is made and stands."""

    code = "draw_unknown"
    title = "No such draw"
    title_ms = "Tiada cabutan sedemikian"
    kind = Kind.NOT_FOUND
    hint = "Draw the sample first; each draw is kept and listed."


class SeedUnknown(JaringError):
    """No seed was stated under this id."""

    code = "seed_unknown"
    title = "No such seed"
    title_ms = "Tiada benih sedemikian"
    kind = Kind.NOT_FOUND


class SeedLate(JaringError):
    """Whoever states a seed when the period has begun may know what it draws."""

    code = "seed_late"
    title = "The seed was stated after the period had begun"
    title_ms = "Benih dinyatakan selepas tempoh bermula"
    kind = Kind.CONFLICT
    hint = "Leave the seed out: the machine draws one."


class SeedUnused(JaringError):
    """Whoever states many seeds may choose among them when it is known what each draws."""

    code = "seed_unused"
    title = "The seed that was stated before has drawn nothing yet"
    title_ms = "Benih yang dinyatakan terdahulu belum digunakan"
    kind = Kind.CONFLICT
    hint = "Draw by the seed of before first; an auditor has one at a time."


class SeedUsed(JaringError):
    """A seed draws once: what it draws of another frame may be known by then."""

    code = "seed_used"
    title = "The seed has drawn already"
    title_ms = "Benih ini sudah digunakan untuk cabutan"
    kind = Kind.CONFLICT
    hint = "State another seed for a period to come, or leave it out: the machine draws one."


@dataclass(frozen=True, slots=True)
class StatedSeed:
    """A seed that an auditor brings, and since when the organisation knows it."""

    id: UUID
    seed: str
    stated_by: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """All of which a sample is drawn: how many keys, and the SHA-256 of them in their order, a line each."""

    whole: int
    hash: str
    keys: tuple[str, ...]
    """Those that were drawn of it, in the order of the draw."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: who made it and when, by which seed, of what, the how manieth of that, and what came of it.

    ``stated`` is the seed's id where an auditor had stated it; else the machine drew it. ``of`` says what the frame
    is, by the names of the request. A draw is never changed, and another one of the same frame is another number, also
    where other days or words find the same keys. ``stated_by`` stated the seed.
    """

    id: UUID
    drawn_by: str
    drawn_at: datetime
    seed: str
    stated: UUID | None
    of: Mapping[str, str]
    size: int
    frame: Frame
    number: int = 1
    stated_by: str | None = None

    @classmethod
    def made(
        cls, by: str, seed: tuple[str, UUID | None], of: Mapping[str, str | None], size: int, frame: Frame
    ) -> "Draw":
        """As it is made now; the number follows when it is kept."""
        named = {name: value for name, value in of.items() if value is not None}
        return cls(new_id(), by, now(), *seed, named, size, frame)


def seed_of(stated: StatedSeed | None, begins: datetime) -> tuple[str, UUID | None]:
    """By which seed is drawn of a period that began at an instant: the one that was stated before, else one that nobody
    chose; raises SeedLate."""
    if stated is None:
        return secrets.token_hex(16), None
    if stated.stated_at >= begins:
        raise SeedLate(facts={"seed": str(stated.id)})
    return stated.seed, stated.id
