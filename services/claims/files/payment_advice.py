"""The letter that tells a person what was paid."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.domain.catalogue import CATALOGUE
from services.claims.files.letter_words import WORDS, amount
from shared.law.determination import Determination
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day


@dataclass(frozen=True)
class PaymentMade:
    """A payment that the bank confirmed."""

    instruction: UUID
    claim: UUID
    revision: int
    benefit: str
    party: str
    sen: int
    days: tuple[date, date]
    paid_on: date


def payment_advice(paid: PaymentMade) -> Letter:
    """The letter; a payment is told once, whatever is decided of its claim later."""
    return Letter(
        kind=LetterKind.PAYMENT_ADVICE,
        about=f"payment/{paid.instruction}",
        revision=paid.revision,
        party=paid.party,
        reference=f"{paid.claim} / {paid.instruction}",
        dated=paid.paid_on,
        said={language: _said(paid, language) for language in LANGUAGES},
        says={"sen": paid.sen},
    )


def _said(paid: PaymentMade, language: Language) -> Said:
    words = WORDS[language]
    first, last = (day(each, language) for each in paid.days)
    asked = _asked(paid.benefit)
    title = paid.benefit.replace("_", " ")
    rows = [
        (words["amount"], amount(paid.sen)),
        (words["days paid"], first if first == last else f"{first} – {last}"),
        (words["paid on"], day(paid.paid_on, language)),
    ]
    if asked is not None:
        title = asked.title_ms if language == "ms" else asked.title
        rows.append((words["under"], asked.law))
    lines = (words["decided in"].format(revision=paid.revision), words["not received"])
    return Said(words["title payment_advice"], (words["paid"],), (Section(title, lines, tuple(rows)),))


def _asked(benefit: str) -> Determination | None:
    """What the statute book asks about the benefit; of one that is asked about no more nothing is known here."""
    found = (question.asked for asked in CATALOGUE.values() for question in asked if question.name == benefit)
    return next(found, None)
