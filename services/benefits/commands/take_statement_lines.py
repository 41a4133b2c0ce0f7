"""Takes lines of a bank's statement: each once, whatever is sent again."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.benefits.commands.book_statement_line import BookStatementLine
from services.benefits.domain.errors import ReceivedInFuture, StatementLineDiffers
from services.benefits.storage.repayments import StatementLine
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now, today
from shared.security.fields import FieldCipher


@dataclass(frozen=True)
class TakeStatementLines:
    """Lines of one statement."""

    lines: Sequence[StatementLine]


@dataclass(frozen=True)
class TakenLines:
    """How many lines were new, and how many were known."""

    taken: int
    repeated: int


async def take_statement_lines(command: TakeStatementLines, cipher: FieldCipher, uow: BenefitsUnitOfWork) -> TakenLines:
    """Keep what is new and leave it to be booked; raises ReceivedInFuture, StatementLineDiffers, and then nothing is
    written."""
    if any(line.value_on > today() for line in command.lines):
        raise ReceivedInFuture()
    repeated = 0
    for line in sorted(command.lines, key=lambda line: line.line):
        known = await uow.repayments.keep_line(line)
        if known is not None and not known.says(line, cipher):
            raise StatementLineDiffers(facts={"line": line.line})
        repeated += known is not None
        await uow.due.at(BookStatementLine(line.id), now())
    taken = len(command.lines) - repeated
    uow.decided("statement_lines_taken", count=taken, repeated=repeated)
    return TakenLines(taken, repeated)
