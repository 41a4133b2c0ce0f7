"""The letter by which a party is asked for what it alone can bring, and until when."""

from services.claims.domain import subjects
from services.claims.domain.evidence_request import EvidenceRequest
from services.claims.files.letter_words import ITEMS, WORDS
from shared.kernel.clock import today
from shared.law import malay
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day


def evidence_request_letter(request: EvidenceRequest) -> Letter:
    """The letter; a reminder, and more time, are another revision of it."""
    return Letter(
        kind=LetterKind.EVIDENCE_REQUEST,
        about=subjects.evidence_request(request.id),
        revision=request.revision,
        party=request.tenant,
        reference=f"{request.claim} / {request.id}",
        dated=today(),
        said={language: _said(request, language) for language in LANGUAGES},
        says={"item": request.item.value, "due_on": request.due_on.isoformat()},
    )


def _said(request: EvidenceRequest, language: Language) -> Said:
    words, item = WORDS[language], ITEMS[request.item][language]
    law = malay.citation(request.law) if language == "ms" else request.law
    rows = ((words["asked for"], item), (words["by when"], day(request.due_on, language)), (words["for what"], law))
    section = Section(words["asked for"], (words["how to bring"], words["if not"]), rows)
    return Said(words["title evidence_request"], (words["asked"].format(item=item),), (section,))
