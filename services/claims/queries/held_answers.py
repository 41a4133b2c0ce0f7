"""What officers were asked to let stand, revision by revision, and what changed from each to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

from services.claims.domain.held_answers import HeldAnswers, changes
from services.claims.queries.claims import find_claim
from services.claims.queries.decisions import AnswerRead, Language, answer_read
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.errors import FieldError

MOST_SHOWN = 50


@dataclass(frozen=True)
class HeldRead:
    """A revision that officers are asked about: its answers, and what of them is another than one revision before."""

    revision: int
    answers: Sequence[AnswerRead]
    changes: Sequence[FieldError]


async def list_held_answers(claim: UUID, question: str, language: Language, uow: ClaimsUnitOfWork) -> list[HeldRead]:
    """The newest revisions of a question, the newest first; raises ClaimUnknown."""
    await find_claim(claim, uow)
    found = await uow.held_answers.newest(claim, question, MOST_SHOWN + 1)
    return [_read(each, before, language) for each, before in zip_longest(found, found[1:])][:MOST_SHOWN]


def _read(held: HeldAnswers, before: HeldAnswers | None, language: Language) -> HeldRead:
    answers = [answer_read(question, held.records, language, None) for question in held.records]
    return HeldRead(held.revision, answers, [] if before is None else changes(before.records, held.records))
