"""The letter to whoever filed an appeal or a complaint that only what was published tells of, after a restore."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.appeal import Appeal
from services.claims.domain.complaint import Complaint
from services.claims.files.complaint_answer import COMPLAINED_OF
from services.claims.files.letter_words import WORDS
from shared.kernel.clock import business_day, today
from shared.kernel.subjects import Subject
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day


def appeal_known_again(appeal: Appeal) -> Letter:
    """Of an appeal that goes on, by the answer that is appealed."""
    rows = {language: ((WORDS[language]["appealed claim"], str(appeal.claim)),) for language in LANGUAGES}
    return _letter("appeal", subjects.appeal(appeal.id), appeal.id, appeal.tenant, appeal.filed_at, rows)


def complaint_known_again(complaint: Complaint) -> Letter:
    """Of a complaint that waits for its answer."""
    rows = {
        language: (
            (WORDS[language]["complained of"], COMPLAINED_OF[complaint.kind][language]),
            *(((WORDS[language]["complaint document"], complaint.document),) if complaint.document else ()),
        )
        for language in LANGUAGES
    }
    filed_at = complaint.filed_at
    return _letter("complaint", subjects.complaint(complaint.id), complaint.id, complaint.tenant, filed_at, rows)


def _letter(
    what: str,
    about: Subject,
    id_: UUID,
    party: str,
    filed_at: datetime,
    rows: Mapping[Language, tuple[tuple[str, str], ...]],
) -> Letter:
    """It comes before any other letter about the matter, which takes its place."""
    return Letter(
        kind=LetterKind.KNOWN_AGAIN,
        about=about,
        revision=0,
        party=party,
        reference=str(id_),
        dated=today(),
        said={language: _said(what, filed_at, rows[language], language) for language in LANGUAGES},
        says={"known_again": what},
    )


def _said(what: str, filed_at: datetime, rows: tuple[tuple[str, str], ...], language: Language) -> Said:
    words = WORDS[language]
    filed_on = day(business_day(filed_at), language)
    opening = words[f"{what} known again"].format(day=filed_on)
    section = Section(words[f"your {what}"], (words["known again documents"], words["known again wrong"]), rows)
    return Said(words[f"title {what} known_again"], (opening,), (section,))
