"""The letter by which a party is asked for what it alone can bring, and until when."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.files.letter_words import WORDS, item_in_words
from shared.law import malay
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day


@dataclass(frozen=True)
class EvidenceAsked:
    """What a party is asked for; ``revision`` rises with each reminder and each deadline that is set again."""

    request: UUID
    revision: int
    claim: UUID
    party: str
    item: str
    law: str
    asked_on: date
    due_on: date


def evidence_request_letter(asked: EvidenceAsked) -> Letter:
    """The letter; a reminder is another revision of it."""
    return Letter(
        kind=LetterKind.EVIDENCE_REQUEST,
        about=f"request/{asked.request}",
        revision=asked.revision,
        party=asked.party,
        reference=f"{asked.claim} / {asked.request}",
        dated=asked.asked_on,
        said={language: _said(asked, language) for language in LANGUAGES},
        says={"item": asked.item, "due_on": asked.due_on.isoformat()},
    )


def _said(asked: EvidenceAsked, language: Language) -> Said:
    words, item = WORDS[language], item_in_words(asked.item, language)
    law = malay.citation(asked.law) if language == "ms" else asked.law
    rows = ((words["asked for"], item), (words["by when"], day(asked.due_on, language)), (words["for what"], law))
    section = Section(words["asked for"], (words["how to bring"], words["if not"]), rows)
    return Said(words["title evidence_request"], (words["asked"].format(item=item),), (section,))
