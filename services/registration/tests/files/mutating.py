"""Files with one byte changed, and what would be posted of them: without a database, by the reader and the checks."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registration.api.contribution_statements import ContributionStatementIn
from services.registration.domain.contribution import FileFormat, Part, Reading, StatedAmount, month_of
from services.registration.domain.insured import Insured
from services.registration.files import contribution_csv, legacy_file
from services.registration.files.columns import FileColumns
from services.registration.files.contribution_file import FileLine, render
from services.registration.files.contribution_statement import StatementUpload, columns
from services.registration.files.formats import FORMATS, check_totals
from services.registration.files.line_checks import People, check_lines, wanted
from shared.kernel.errors import JaringError
from shared.kernel.identifiers import employer_id
from shared.kernel.money import ringgit
from shared.kernel.periods import Month

SENT_ON = date(2026, 9, 10)
CODE, EMPLOYER = "F9702103813F", 7
MONTH = Month.of("2026-05")
# RM2,480.00 in May 2026 in the first category (act4 §2.2 and Act 800).
_AMOUNTS = (248_000, 4_285, 1_225, 490, 490)
_NAMES = (
    "AHMAD BIN ALI",
    "TAN MEI LING",
    "SITI NURHALIZA BINTI OSMAN",
    "MUTHU A/L RAMAN",
    "LIM AH KOW",
    "DAYANG SUHANA",
)
# By person, month and amount: the sen that are posted.
Posted = Counter[tuple[int, int, str]]


@dataclass(frozen=True)
class Sample:
    """A valid file and how it is read; `amounts_sen` is the control total with it, where one is sent."""

    content: bytes
    reading: Reading
    amounts_sen: int | None = None


def sample(kind: str, people: int, months: tuple[int, ...] = (), *, with_total: bool = False) -> Sample:
    """A file of the first so many people in one month."""
    lines = [FileLine(CODE, _id(each), _name(each), MONTH, *_AMOUNTS) for each in range(people)]
    total = _AMOUNTS[0] * people if with_total else None
    if kind == "combined_278":
        return Sample(render(lines), Reading(months=months), total)
    if kind == "csv":
        return Sample(contribution_csv.render(lines), Reading(FileFormat.CSV, months=months), total)
    if kind == "legacy_223":
        legacy = [legacy_file.LegacyLine(CODE, each.id, each.name, MONTH, each.wage) for each in lines]
        reading = Reading(FileFormat.LEGACY_223, part=Part.BOTH, amount=StatedAmount.WAGE, months=months)
        return Sample(legacy_file.render(legacy), reading, total)
    body = ContributionStatementIn.model_validate(
        {"employer": employer_id(EMPLOYER), "month": str(MONTH), "lines": [_member(each) for each in lines]}
    )
    return Sample(body.model_dump_json().encode(), Reading(FileFormat.JSON, months=months))


def mutations(sent: Sample, count: int, seed: int) -> Iterator[tuple[int, bytes]]:
    """The place and the file, one byte of which is another: most often a digit for a digit, which is what passes."""
    dice = random.Random(seed)
    for _ in range(count):
        place = dice.randrange(len(sent.content))
        old = sent.content[place]
        new = dice.choice(b"0123456789") if dice.random() < 0.7 else dice.randrange(256)
        if new != old:
            yield place, sent.content[:place] + bytes([new]) + sent.content[place + 1 :]


def posted(content: bytes, sent: Sample) -> Posted | None:
    """What the file would post; None where it is refused as a whole."""
    try:
        found = _columns(content, sent)
    except (JaringError, ValueError):
        return None
    if found is None:
        return None
    taken = check_lines(found, _people(found), SENT_ON).accepted
    told: Posted = Counter()
    for index, (person, month) in enumerate(zip(taken.persons, taken.months, strict=True)):
        for name in ("act4_employer", "act4_employee", "act800_employer", "act800_employee", "skbbk_employee"):
            told[person, month, name] += getattr(taken, f"{name}_sen")[index]
    return +told


def _columns(content: bytes, sent: Sample) -> FileColumns | None:
    reading = sent.reading
    read: Callable[[bytes, Reading], Any] | None = FORMATS[reading.format].read
    if read is None:
        body = ContributionStatementIn.model_validate_json(content)
        is_own = body.employer == employer_id(EMPLOYER)
        return columns(StatementUpload(body.model_dump(mode="json", exclude_unset=True)), reading) if is_own else None
    upload = read(content, reading)
    check_totals(upload, reading, None, sent.amounts_sen)
    return FORMATS[reading.format].columns(content, reading) if upload.employer_code == CODE else None


def _people(found: FileColumns) -> People:
    """All are employed here for years, so that nothing but the file says which month is meant; half as many again work
    here as stand in a file."""
    known = {_id(each): each for each in range(24)}
    return {
        (id_, month): [
            Insured(known[id_], date(1985, 5, 5), date(2015, 1, 1), "citizen", _name(known[id_]), True, False, False)
        ]
        for id_, month in wanted(found)
        if id_ in known and 201_501 <= month <= 202_612 and month_of(month)
    }


def _id(person: int) -> str:
    # Neighbours are one digit apart.
    return f"8505051051{person:02d}"


def _name(person: int) -> str:
    return f"{_NAMES[person % len(_NAMES)]} {chr(65 + person // len(_NAMES))}{'XYZWV'[person % 5]}"


def _member(line: FileLine) -> dict[str, Any]:
    amounts = ("act4_employer", "act4_employee", "act800_employer", "act800_employee")
    money = {name: {"amount": ringgit(getattr(line, name)), "currency": "MYR"} for name in amounts}
    return {"id": line.id, "name": line.name, "wages": {"amount": ringgit(line.wage), "currency": "MYR"}, **money}
