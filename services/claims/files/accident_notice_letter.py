"""The letter by which a hospital and its patient are asked for a notice of the accident, and until when."""

from services.claims.domain import subjects
from services.claims.domain.medical_authorisation import MedicalAuthorisation
from services.claims.files.letter_words import WORDS
from shared.kernel.clock import today
from shared.law import malay
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day

LAW = "Act 4, s.15"


def accident_notice_letter(authorisation: MedicalAuthorisation, party: str, revision: int) -> Letter:
    """The letter; each time that a notice is waited for it is another revision. Neither party is told the other's
    national id or name."""
    due_on = authorisation.deadline
    return Letter(
        kind=LetterKind.EVIDENCE_REQUEST,
        about=subjects.medical_authorisation(authorisation.id),
        revision=revision,
        party=party,
        reference=str(authorisation.id),
        dated=today(),
        said={language: _said(authorisation, party, language) for language in LANGUAGES},
        says={"item": "accident_notice", "due_on": None if due_on is None else due_on.isoformat()},
    )


def _said(authorisation: MedicalAuthorisation, party: str, language: Language) -> Said:
    words, due_on = WORDS[language], authorisation.deadline
    law = malay.citation(LAW) if language == "ms" else LAW
    rows = (
        (words["asked for"], words["accident notice"]),
        *(((words["by when"], day(due_on, language)),) if due_on is not None else ()),
        (words["day of accident"], day(authorisation.happened_on, language)),
        (words["day of admission"], day(authorisation.admitted_on, language)),
        (words["hospital"], authorisation.tenant),
        (words["for what"], law),
    )
    asked = "accident notice asked of hospital" if party == authorisation.tenant else "accident notice asked of patient"
    section = Section(words["asked for"], (words["accident notice how"], words["accident notice if not"]), rows)
    return Said(words["title evidence_request"], (words[asked],), (section,))
