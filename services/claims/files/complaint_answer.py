"""The letter that answers a complaint."""

from collections.abc import Mapping

from services.claims.domain import subjects
from services.claims.domain.complaint import Complaint, ComplaintFound, ComplaintKind
from services.claims.files.letter_words import WORDS
from shared.kernel.clock import business_day
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day

COMPLAINED_OF: Mapping[ComplaintKind, Mapping[Language, str]] = {
    ComplaintKind.DELAY: {"en": "that it takes too long", "ms": "kelewatan"},
    ComplaintKind.NOT_TOLD: {"en": "that you were not told, or not why", "ms": "tiada makluman atau sebab"},
    ComplaintKind.NOT_PAID: {"en": "that what was granted did not arrive", "ms": "bayaran tidak diterima"},
    ComplaintKind.WRONG_DATA: {"en": "that something is known wrongly", "ms": "maklumat yang salah"},
    ComplaintKind.CONDUCT: {"en": "how you were treated", "ms": "layanan yang diterima"},
    ComplaintKind.ACCESS: {"en": "that an office, a form or a page could not be used", "ms": "capaian perkhidmatan"},
    ComplaintKind.OTHER: {"en": "something else", "ms": "perkara lain"},
}


def complaint_answer(complaint: Complaint, found: ComplaintFound) -> Letter:
    """The letter; a complaint is answered once."""
    return Letter(
        kind=LetterKind.COMPLAINT_ANSWER,
        about=subjects.complaint(complaint.id),
        revision=1,
        party=complaint.tenant,
        reference=str(complaint.id),
        dated=business_day(complaint.ended_at or complaint.filed_at),
        said={language: _said(complaint, found, language) for language in LANGUAGES},
        says={"found": found.value},
    )


def _said(complaint: Complaint, found: ComplaintFound, language: Language) -> Said:
    words = WORDS[language]
    filed_on = day(business_day(complaint.filed_at), language)
    rows = (
        (words["complained of"], COMPLAINED_OF[complaint.kind][language]),
        (words["complaint found"], words[f"complaint {found.value}"]),
        *(((words["complaint document"], complaint.document),) if complaint.document else ()),
    )
    officers = words["complaint officers"].format(first=complaint.proposed_by, second=complaint.approved_by)
    lines = (words[f"complaint follows {found.value}"], officers, words["complaint no appeal"])
    section = Section(words["complaint"], lines, rows)
    return Said(words["title complaint_answer"], (words["complaint answered"].format(day=filed_on),), (section,))
