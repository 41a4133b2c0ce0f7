"""Words that every letter has, in both languages: days, the frame around what it says, and how to read it."""

from collections.abc import Mapping
from datetime import date

from shared.letters.letter import Language

_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "ms": (
        *("Januari", "Februari", "Mac", "April", "Mei", "Jun"),
        *("Julai", "Ogos", "September", "Oktober", "November", "Disember"),
    ),
}
# The frame: what stands around what a letter says.
FRAME: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "to": "To",
        "date": "Date",
        "reference": "Our reference",
        "page": "Page",
        "of": "of",
        "hash": "Content",
        "closing": "This letter was made by computer and needs no signature.",
    },
    "ms": {
        "to": "Kepada",
        "date": "Tarikh",
        "reference": "Rujukan kami",
        "page": "Muka surat",
        "of": "daripada",
        "hash": "Kandungan",
        "closing": "Surat ini dijana oleh komputer dan tidak memerlukan tandatangan.",
    },
}


def day(of: date, language: Language) -> str:
    """A day as a letter writes it: 12 August 2026, 12 Ogos 2026."""
    return f"{of.day} {_MONTHS[language][of.month - 1]} {of.year}"
