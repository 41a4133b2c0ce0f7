"""Topic ``person.erased``: of whom personal data was erased. It is kept for good, and holds numbers alone.

Whoever puts back a backup reads here what was erased since it was made, however old it is.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import PersonEvent
from shared.contracts.topics import PERSON_ERASED


class PersonErasedV1(PersonEvent):
    """Registration erased what it kept of a person: some of it, or all but what stands under the number alone.

    ``whole``: nobody can tell any more whose the number was. Other services let go of what they keep of the person
    themselves, and of what leads to it; what was decided and paid stands under the number.
    """

    topic = PERSON_ERASED
    name: ClassVar[str] = "person.erased"

    erasure: UUID
    """Which erasure it was."""
    revision: int
    """Of what is erased of the person: the higher one counts, and a higher one is never less."""
    whole: bool
    """Whether all of it is erased; else that is kept which the law asks for."""
    reason: str
    """Why: `asked_by_person`, `registered_by_mistake`, `time_over`; others may come."""
    erased_at: datetime
    """When."""
    kept_until: date | None = None
    """Until when the rest is kept at least; absent where nothing is left, or no day is known yet."""
