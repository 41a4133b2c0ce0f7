"""Load a piece of an opening file that two officers released: all of it in one transaction, or nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from services.registration.commands.ask_about_pass import AskAboutPass
from services.registration.commands.derive_memberships import DeriveMemberships, derive_memberships
from services.registration.commands.judge_opening import JudgeOpening, judge_opening
from services.registration.commands.let_ends_wait import let_end_of_stated_wait
from services.registration.commands.look_for_alike import LookForAlike
from services.registration.commands.review_account import ReviewAccount
from services.registration.commands.review_identity import ReviewIdentity
from services.registration.commands.state_of_employer import follow_register, let_end_wait
from services.registration.domain import subjects
from services.registration.domain.correction import birth_by_id
from services.registration.domain.opening import (
    OPENING,
    OpeningFile,
    OpeningKind,
    OpeningRow,
    OpeningState,
    PersonRow,
)
from services.registration.domain.opening_judging import Placed
from services.registration.domain.person import StatedEnd
from services.registration.domain.spell import Spell, Word
from services.registration.events.contribution_received import contributions_taken_over
from services.registration.events.registration import employer_registered, people_taken_over, spell_as_it_stands
from services.registration.files.opening_file import rows_of
from services.registration.storage.opening_files import OpeningPiece
from services.registration.storage.opening_rows import TakenSpell
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class LoadOpening:
    """The file, and which of its pieces."""

    file: str
    piece: int


@dataclass(frozen=True, slots=True)
class _Load:
    file: OpeningFile
    piece: int
    new: Sequence[Any]


async def load_opening(command: LoadOpening, uow: RegistrationUnitOfWork) -> None:
    """Write what is new; a piece that was loaded stays as it is, and what is known by now is known."""
    file = await uow.opening_files.get(UUID(command.file))
    piece = await uow.opening_files.piece(file.id, command.piece)
    if piece.is_loaded:
        return
    rows = await _rows(file, piece, uow)
    judged = (await judge_opening(JudgeOpening(file.kind, rows, hold=True), uow)).unless_known(piece.known_lines)
    if judged.new:
        await _LOADS[file.kind](_Load(file, piece.number, judged.new), uow)
    await uow.opening_files.set_aside(piece, judged.faults)
    await uow.opening_files.keep_loaded(piece, len(judged.new), judged.known)
    await uow.opening_files.lock(file.id)
    if not await uow.opening_files.is_any_left(file.id, to_load=True):
        await uow.opening_files.turn(file.id, OpeningState.LOADED, now())
        if file.kind is OpeningKind.PERSONS:
            await uow.due.at(LookForAlike(str(file.id)), now())


async def _rows(file: OpeningFile, piece: OpeningPiece, uow: RegistrationUnitOfWork) -> list[OpeningRow]:
    """What officers saw set aside stays so: it is sent again."""
    sent = (file.kind, file.columns, piece.lines, piece.first_line)
    rows, _ = await asyncio.to_thread(rows_of, *sent, today())
    faulty = await uow.opening_files.faulty(piece)
    return [row for row in rows if row.line not in faulty]


async def _employers(load: _Load, uow: RegistrationUnitOfWork) -> None:
    added = await uow.opening_rows.add_employers(load.new, load.file.id, now())
    for employer in added:
        uow.publish(employer_registered(employer))
    companies = {employer.mycoid for employer in added if employer.mycoid is not None}
    await uow.employer_facts.hold_companies(companies)
    ended = await uow.employer_facts.companies_ended(companies)
    for employer in added:
        if employer.mycoid in ended:
            await follow_register(employer, employer.mycoid, uow)


async def _persons(load: _Load, uow: RegistrationUnitOfWork) -> None:
    at, rows = now(), load.new
    told = await uow.opening_rows.add_persons(rows, load.file.id, at)
    for event in people_taken_over(load.file.id, load.piece, at, persons=told):
        uow.publish(event)
    for row, person in zip(rows, told, strict=True):
        if _differs(row):
            await uow.due.at(ReviewIdentity(person.number), at)
    waiting = uow.keys.waiting.of
    await uow.due.wake([subjects.all_registered(waiting(number).hex() for row in rows for _, number in row.ids)])


async def _spells(load: _Load, uow: RegistrationUnitOfWork) -> None:
    at, day, officer = now(), today(), load.file.approved_by or ""
    ended = await uow.opening_rows.hold_employers(load.new)
    decided = await uow.opening_rows.decided_before(load.new, day)
    plain = [each for each in load.new if each not in decided]
    spells = await uow.opening_rows.add_spells(plain, officer, day, at)
    again = [await _start_again(spell, officer, uow) for spell in decided.values()]
    persons = frozenset(each.person for each in load.new)
    stated = await _ask_about_stated(persons, uow)
    for spell in chain(again, map(_whole, spells)):
        await let_end_of_stated_wait(spell, stated[spell.person], uow)
        if spell.employer in ended and not spell.refused:
            await let_end_wait(ended[spell.employer], spell, uow)
    kept = await derive_memberships(DeriveMemberships(persons), uow)
    for event in people_taken_over(load.file.id, load.piece, at, spells=spells, memberships=kept):
        uow.publish(event)
    await uow.due.wake([subjects.all_employed({(each.employer, each.person) for each in load.new})])


async def _ask_about_stated(persons: frozenset[int], uow: RegistrationUnitOfWork) -> dict[int, list[StatedEnd]]:
    """What a register had stated of these people before their employment is known here, by number; of a pass that
    ended officers are asked."""
    stated: dict[int, list[StatedEnd]] = defaultdict(list)
    merged = await uow.person_merges.merged_among(persons)
    for each in await uow.persons.stated_ends(persons, persons - merged):
        stated[each.person].append(each)
        if not each.is_death:
            await uow.due.at(AskAboutPass(each.person), now())
    return stated


async def _start_again(spell: Spell, officer: str, uow: RegistrationUnitOfWork) -> Spell:
    """Of which something else was published before a restore than the row says: by itself, as that was published."""
    await uow.spells.let_see(spell.employer, spell.person)
    word = None if spell.refused else Word(granted=True, at=now(), source=OPENING, officer=officer)
    stands = await uow.spells.start(spell, OPENING, word)
    uow.publish(spell_as_it_stands(stands))
    return stands


def _whole(spell: TakenSpell) -> Spell:
    days = (spell.started_on, spell.ended_on)
    return Spell(UUID(spell.id), spell.person, spell.employer, spell.revision, *days)


async def _months(load: _Load, uow: RegistrationUnitOfWork) -> None:
    at = now()
    await uow.opening_rows.add_months(load.new, load.file.id, at)
    await _assess(load.new, uow)
    for event in contributions_taken_over(load.file.id, load.piece, at, load.new):
        uow.publish(event)


async def _assess(placed: Sequence[Placed], uow: RegistrationUnitOfWork) -> None:
    """What was assessed of these months before is owed as far as it is more."""
    taken = [(each.employer, each.person, each.row.first_month, each.row.last_month) for each in placed]
    for employer, months in groupby(await uow.accounts.assessed_of(taken), key=itemgetter(0)):
        of_employer = [month for _, month in months]
        await uow.accounts.assess(employer, of_employer, today())
        for month in of_employer:
            await uow.due.at(ReviewAccount(employer, str(month)), now())


def _differs(row: PersonRow) -> bool:
    """Whether the MyKad's number tells another day of birth: officers are asked, and the stated one stands."""
    return birth_by_id(*row.who, row.born_on) is not None


_LOADS: Mapping[OpeningKind, Callable[[_Load, RegistrationUnitOfWork], Awaitable[None]]] = {
    OpeningKind.EMPLOYERS: _employers,
    OpeningKind.PERSONS: _persons,
    OpeningKind.SPELLS: _spells,
    OpeningKind.MONTHS: _months,
}
