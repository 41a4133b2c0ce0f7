"""The words of an answer about cover, in English and in Malay."""

from collections.abc import Mapping
from typing import Any

from services.registration.domain.cover import (
    AFTER_DEATH,
    EMPLOYMENT_STATED_LATER,
    PARTICIPATION_STATED_LATER,
    PASS_ENDED,
    CoverReason,
)

TEXTS: Mapping[CoverReason, Mapping[str, str]] = {
    CoverReason.COVERED: {"en": "Covered.", "ms": "Dilindungi."},
    CoverReason.NOTHING_KNOWN: {
        "en": "Nothing is known that would cover the person.",
        "ms": "Tiada apa-apa diketahui yang melindungi orang itu.",
    },
    CoverReason.NO_EMPLOYMENT: {
        "en": "No employment under a contract of service on the day.",
        "ms": "Tiada pekerjaan di bawah kontrak perkhidmatan pada hari itu.",
    },
    CoverReason.KIND_OF_WORK_EXCLUDED: {
        "en": "The law leaves this kind of work out.",
        "ms": "Undang-undang mengecualikan jenis kerja ini.",
    },
    CoverReason.SPOUSE_OF_EMPLOYER: {
        "en": "The law leaves the employer's spouse out.",
        "ms": "Undang-undang mengecualikan suami atau isteri majikan.",
    },
    CoverReason.CLOSED_TO_FOREIGN_WORKERS: {
        "en": "Open to citizens and permanent residents only on the day.",
        "ms": "Terbuka kepada warganegara dan pemastautin tetap sahaja pada hari itu.",
    },
    CoverReason.PAPERS_NOT_VALID: {
        "en": "Passport or pass is not valid.",
        "ms": "Pasport atau pas tidak sah.",
    },
    CoverReason.NOT_IN_CATEGORY: {
        "en": "Not covered in the person's category.",
        "ms": "Tidak dilindungi dalam kategori orang itu.",
    },
    CoverReason.RELEASED: {
        "en": "Released from SKBBK for the month.",
        "ms": "Dilepaskan daripada SKBBK bagi bulan itu.",
    },
    CoverReason.UNDER_MINIMUM_AGE: {
        "en": "Under the minimum age in the month.",
        "ms": "Di bawah umur minimum dalam bulan itu.",
    },
    CoverReason.OVER_MAXIMUM_AGE: {
        "en": "At or over the maximum age in the month.",
        "ms": "Telah mencapai umur maksimum dalam bulan itu.",
    },
    CoverReason.FIRST_LIABLE_TOO_LATE: {
        "en": "First liable at or after the age limit.",
        "ms": "Mula bertanggungan pada atau selepas had umur.",
    },
    CoverReason.NOT_YET_LAW: {
        "en": "There was no such law yet on the day.",
        "ms": "Undang-undang sedemikian belum ada pada hari itu.",
    },
    CoverReason.NO_LONGER_LAW: {
        "en": "The law has ended by the day.",
        "ms": "Undang-undang itu telah tamat pada hari itu.",
    },
}
DOUBTS: Mapping[str, Mapping[str, str]] = {
    AFTER_DEATH: {
        "en": "A public register states that the person died before the day.",
        "ms": "Daftar awam menyatakan bahawa orang itu meninggal dunia sebelum hari itu.",
    },
    EMPLOYMENT_STATED_LATER: {
        "en": "The employment was stated after the day, and no officer has verified it.",
        "ms": "Pekerjaan itu dinyatakan selepas hari itu, dan belum disahkan oleh pegawai.",
    },
    PARTICIPATION_STATED_LATER: {
        "en": "What was stated of SKBBK on the day or later changes whether it covers the day.",
        "ms": "Pernyataan tentang SKBBK pada atau selepas hari itu mengubah sama ada hari itu dilindungi.",
    },
    PASS_ENDED: {
        "en": "The foreign worker's pass had ended by the day, and it is not known to have been renewed.",
        "ms": "Pas pekerja asing itu telah tamat sebelum hari itu, dan pembaharuannya tidak diketahui.",
    },
}
_YES_NO = {"en": ("no", "yes"), "ms": ("tidak", "ya")}


def value_of(value: Any, language: str) -> str:
    """A figure's value as text."""
    if isinstance(value, bool):
        return _YES_NO[language][value]
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
