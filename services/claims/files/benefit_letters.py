"""Letters about benefits that are paid over the years: a certificate is due, a benefit is suspended, money is to come
back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.claims.domain.catalogue import CATALOGUE
from services.claims.domain.subjects import certificate_matter, recovery_matter, suspension_matter
from services.claims.files.benefit_letter_words import BENEFIT_WORDS, FORMS_MS
from services.claims.files.letter_words import amount
from shared.law import malay
from shared.law.act4.boards.rules import last_day_at_the_appellate_board
from shared.law.book import book
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.rendering import shown_party
from shared.letters.words import day

_ACT_4 = "act4"
_ASKED, _REMINDED = 1, 2
# Whose benefit it is, whoever reads the letter: the read log goes by it (`storage/whose.py`).
_WHOSE = "of"
# Why more was paid than is owed, as benefits says it, and the words for it.
_WHY = {"payee_died": "payee_died", "suspended": "suspended months"}


@dataclass(frozen=True)
class CertificateDue:
    """A certificate that a payee is asked for, or reminded of; ``matter`` is that of all its benefits of that day."""

    matter: UUID
    party: str
    certificate: str
    form: str
    due_on: date
    asked_on: date
    reminded_on: date | None = None


@dataclass(frozen=True)
class Suspended:
    """That a benefit is suspended, until when in the place of what was told before, or that it never was."""

    statement: UUID
    claim: UUID
    scheme: str
    benefit: str
    party: str
    ground: str
    months: tuple[date, date | None]
    evidence: str
    replaces: bool
    never: bool
    decided_on: date


@dataclass(frozen=True)
class ToComeBack:
    """What was paid beyond what is owed: what of it came to light now and how often so far, and what is kept for it."""

    recovery: UUID
    claim: UUID
    revision: int
    scheme: str
    benefit: str
    party: str
    law: str
    reference: str
    number: int
    opened_sen: int
    open_sen: int
    reason: str
    kept_percent: int
    kept_law: str
    opened_on: date


def certificate_letter(due: CertificateDue, reader: str) -> Letter:
    """The letter to whoever is to bring it; a reminder is another revision of it."""
    return Letter(
        kind=LetterKind.CERTIFICATE_DUE,
        about=certificate_matter(due.matter),
        revision=_ASKED if due.reminded_on is None else _REMINDED,
        party=reader,
        reference=str(due.matter),
        dated=due.reminded_on or due.asked_on,
        said={language: _certificate(due, reader, language) for language in LANGUAGES},
        says={_WHOSE: due.party, "certificate": due.certificate, "due_on": due.due_on.isoformat()},
    )


def suspension_letter(suspended: Suspended, reader: str) -> Letter:
    """The letter to who is paid the benefit, or acts for it; what takes a suspension's place has one of its own."""
    return Letter(
        kind=LetterKind.REVISION,
        about=suspension_matter(suspended.statement),
        revision=1,
        party=reader,
        reference=f"{suspended.claim} / {suspended.statement}",
        dated=suspended.decided_on,
        said={language: _suspension(suspended, reader, language) for language in LANGUAGES},
        says={_WHOSE: suspended.party, suspended.benefit: _state(suspended)},
    )


def recovery_letter(due: ToComeBack, reader: str) -> Letter:
    """The letter to who owes it, or acts for it; what comes to light later is another revision of it."""
    return Letter(
        kind=LetterKind.RECOVERY,
        about=recovery_matter(due.recovery),
        revision=due.number,
        party=reader,
        reference=f"{due.claim} / {due.reference}",
        dated=due.opened_on,
        said={language: _recovery(due, reader, language) for language in LANGUAGES},
        says={_WHOSE: due.party, "sen": due.opened_sen, "open_sen": due.open_sen},
    )


def _certificate(due: CertificateDue, reader: str, language: Language) -> Said:
    words = BENEFIT_WORDS[language]
    about = {"certificate": words[due.certificate], "party": shown_party(due.party)}
    opening = words["asked" if reader == due.party else "asked of ward"].format(**about)
    rows = [(words["what"], words[due.certificate])]
    if due.form:
        rows.append((words["form"], FORMS_MS.get(due.form, due.form) if language == "ms" else due.form))
    rows += [(words["until"], day(due.due_on, language)), (words["for what"], words["regulation"])]
    lines = (words["one for all"], words["how to bring"], words["if not"])
    title = words["title asked" if due.reminded_on is None else "title reminded"]
    return Said(title, (opening,), (Section(words["what"], lines, tuple(rows)),))


def _suspension(suspended: Suspended, reader: str, language: Language) -> Said:
    words, state = BENEFIT_WORDS[language], _state(suspended)
    title = benefit_title(suspended.benefit, language)
    first, last = suspended.months
    spoken = f"{day(first, language)} – {day(last, language)}" if last else None
    rows = [(words["months"], spoken or words["open months"].format(first=day(first, language)))]
    if not suspended.never:
        rows.append((words["why"], words.get(suspended.ground, suspended.ground)))
    rows += [(words["document"], suspended.evidence), (words["for what"], _cited("Act 4, s.49", language))]
    lines = () if suspended.never else (words["months lost"],)
    opening = [words[state].format(benefit=title), *_of_ward(suspended.party, reader, words)]
    appeal = _appeal(suspended.decided_on, f"{suspended.claim} / {suspended.statement}", language)
    return Said(words[f"title {state}"], tuple(opening), (Section(title, lines, tuple(rows)), appeal))


def _recovery(due: ToComeBack, reader: str, language: Language) -> Said:
    words, title = BENEFIT_WORDS[language], benefit_title(due.benefit, language)
    why = words[_WHY.get(due.reason, "decided_again")].format(revision=due.revision)
    opening = words["recovery"].format(benefit=title, opened=amount(due.opened_sen).removeprefix("RM"))
    rows = (
        (words["came to light"], amount(due.opened_sen)),
        (words["open"], amount(due.open_sen)),
        (words["reference"], due.reference),
        (words["for what"], _cited(due.law, language)),
    )
    sections = [Section(title, (why, *_kept(due, words, language)), rows)]
    if due.scheme == _ACT_4:
        sections.append(_appeal(due.opened_on, f"{due.claim} / {due.reference}", language))
    said = (opening, *_of_ward(due.party, reader, words))
    return Said(words["title recovery"], said, tuple(sections))


def _kept(due: ToComeBack, words: Mapping[str, str], language: Language) -> tuple[str, ...]:
    """What of what falls due next is kept for it, by which law, and how else it comes back."""
    if not due.open_sen:
        return (words["set off at once"],)
    share = "nothing" if not due.kept_percent else "all" if due.kept_percent == 100 else "part"
    kept = words[f"kept {share}"].format(percent=due.kept_percent, law=_cited(due.kept_law, language))
    return (kept, words["pay back"])


def _state(suspended: Suspended) -> str:
    return "never" if suspended.never else "ended" if suspended.replaces else "suspended"


def _of_ward(party: str, reader: str, words: Mapping[str, str]) -> tuple[str, ...]:
    return () if reader == party else (words["of ward"].format(party=shown_party(party)),)


def _appeal(decided_on: date, reference: str, language: Language) -> Section:
    words, law = BENEFIT_WORDS[language], book().on(decided_on, decided_on)
    last = day(last_day_at_the_appellate_board(decided_on, law), language)
    return Section(words["how to appeal"], (words["appeal"].format(day=last, reference=reference),))


def _cited(law: str, language: Language) -> str:
    return malay.citation(law) if language == "ms" else law


def benefit_title(benefit: str, language: Language) -> str:
    """What the statute book calls a benefit; of one that it asks about no more, or a payable, its name."""
    asked: Any = (question.asked for asked in CATALOGUE.values() for question in asked if question.name == benefit)
    found = next(asked, None)
    if found is None:
        return benefit.replace("_", " ").capitalize()
    return str(found.title_ms if language == "ms" else found.title)
