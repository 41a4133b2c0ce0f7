"""Text in the alphabet of a bank file: what is put into it by a stated rule, and what is refused at the door.

Banks take letters without marks, digits, blanks and / - ? : ( ) . , ' + and one name with anything else sinks a whole
file. A name is kept as it was given; only the file has this form of it.
"""

import re
import unicodedata

from services.benefits.domain.errors import TextUnfitForBank

LONGEST = 140
_ALPHABET = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
_BLANKS = re.compile(r" +")
# What stands for a sign that banks do not take; letters with marks lose them, which Unicode says of most.
_STANDS_FOR = {
    "@": " AT ", "&": "+", "_": "-", "`": "'", "´": "'", "‘": "'", "’": "'", "ʼ": "'", "ʻ": "'", "′": "'",
    '"': "", "“": "", "”": "", "„": "", "«": "", "»": "", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-",
    ";": ",", "\u00a0": " ", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d",
    "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ł": "l", "Ł": "L", "ı": "i",
}  # fmt: skip


def bank_text(given: str) -> str:
    """A name as a bank file has it; raises TextUnfitForBank, which repeats nothing of it."""
    text = _written(given)
    if not _ALPHABET.fullmatch(text) or not any(sign.isalnum() for sign in text):
        raise TextUnfitForBank("It has letters or signs that banks do not take.")
    if len(text) > LONGEST:
        raise TextUnfitForBank(f"It takes more than the {LONGEST} characters that banks do.")
    return text


def bank_text_of_what_is_kept(kept: str) -> str:
    """The same of a name that was kept before names were checked: what is left of it, never an error."""
    left = "".join(sign for sign in _written(kept) if _ALPHABET.fullmatch(sign))
    return _BLANKS.sub(" ", left).strip()[:LONGEST].rstrip() or "PAYEE"


def _written(given: str) -> str:
    replaced = "".join(_STANDS_FOR.get(sign, sign) for sign in unicodedata.normalize("NFC", given))
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", replaced) if not unicodedata.combining(sign))
    return _BLANKS.sub(" ", plain).strip()
