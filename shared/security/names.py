"""Names of persons as they are compared: two spellings of one name agree, and no name leaves registration.

Registration publishes keyed tokens of a person's name beside the tokens of the national ids; whoever is handed a name
hashes it the same way and drops it. A name has a token for each way in which it may be read, so that it tells less of
itself than a token for each word would: a word that half the nation bears is easily found by its frequency.

These differences pass:

- upper and lower case, the form of Unicode (NFC, NFD, full width), accents (JOSÉ, JOSE), marks that nobody sees;
- blanks, hyphens, full stops, commas, apostrophes (NUR 'AIN, NUR AIN; ABDUL RAHMAN, ABDULRAHMAN);
- how "son of" and "daughter of" are written, or that they are left out (BIN, B., BN; BINTI, BT.; A/L, A / L, AL; ANAK);
- the usual short forms of Muhammad and Abdul (MOHD., MD., ABD.), and titles (HAJI, DR.);
- of a name with an alias, one of the two (LIM @ TAN AH KOW: LIM AH KOW, or TAN AH KOW);
- the order of the words where the name has no "son of" (AH KOW TAN). AHMAD BIN ALI and ALI BIN AHMAD are two people.

Nothing else passes: not another word, not a word more or less, not another spelling.
"""

import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.security.blind_index import TOKEN_BYTES, begun, derived, digest_of

# Accents of Latin letters, and what chooses a letter's shape. The vowels of other scripts are marks too, and stay.
_ACCENTS = re.compile("[\u0300-\u036f\ufe00-\ufe0f]")
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
# The letters and figures of names that have no others, and blanks for all else.
_ASCII_WORDS = "".join(chr(each) if chr(each).isalnum() else " " for each in range(128))
_APOSTROPHES = re.compile("['’‘‛ʼʻ`´′＇]")
_CHILD_OF = re.compile(r"\b(?:a\s*[/\\]\s*[lp]|[sd]\s*[/\\]\s*o)\.?")
_ALIAS = re.compile(r"@|\balias\b")
_CHILD = "bin"
_CHILD_WORDS = frozenset(
    {"bin", "b", "bn", "ibn", "ibni", "binti", "binte", "bt", "bte", "bti", "bnt", "al", "ap", "anak", "ak"}
)
_TITLES = frozenset({"haji", "hj", "hajah", "hajjah", "hjh", "dr", "mr", "mrs", "ms", "encik", "puan"})
_MUHAMMAD = (
    "mohd",
    "muhd",
    "mhd",
    "md",
    "mohamad",
    "mohamed",
    "mohammad",
    "mohammed",
    "muhamad",
    "muhamed",
    "muhammed",
)
_SHORT_FORMS = dict.fromkeys(_MUHAMMAD, "muhammad") | {"abd": "abdul", "abdl": "abdul"}


class NameTokens:
    """Makes the tokens of a name, with a key of its own that is derived from that of the id tokens."""

    def __init__(self, key: bytes) -> None:
        self._begun = begun(derived(key, "name token"))

    def of(self, name: str) -> tuple[str, ...]:
        """A token for each way to read the name, 32 URL-safe characters; none where it has no letter and no digit."""
        return tuple(self._token(reading) for reading in readings(name))

    def _token(self, reading: str) -> str:
        return urlsafe_b64encode(digest_of(self._begun, reading)[:TOKEN_BYTES]).decode()


def names_agree(known: Sequence[str], stated: Sequence[str]) -> bool:
    """Whether two names, given by their tokens, are one: they have a way to be read in common.

    A name without tokens agrees with none: who is told of a person by an event of before there were any asks for it to
    be published again, or leaves the question to an officer.
    """
    return not set(known).isdisjoint(stated)


def readings(name: str) -> tuple[str, ...]:
    """The ways in which a name may be read, each in the form in which it is compared."""
    parts = [part for part in (_Part.of(text) for text in _ALIAS.split(_plain(name))) if part.words]
    if not parts:
        return ()
    ways = ["".join(word for part in parts for word in part.words)]
    if len(parts) > 1:
        ways += _aliases(parts)
    elif not parts[0].fathers and len(parts[0].own) > 1:
        ways.append(" ".join(sorted(parts[0].own)))
    return tuple(dict.fromkeys(ways))


@dataclass(frozen=True, slots=True)
class _Part:
    """A name, or one side of an alias: the person's own words, and those after "son of" or "daughter of"."""

    own: tuple[str, ...]
    fathers: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return self.own + self.fathers

    @classmethod
    def of(cls, text: str) -> "_Part":
        words = _significant(_words(_CHILD_OF.sub(f" {_CHILD} ", text)))
        if _CHILD not in words:
            return cls(_untitled(words), ())
        at = words.index(_CHILD)
        return cls(_untitled(words[:at]), _untitled([word for word in words[at + 1 :] if word != _CHILD]))


def _aliases(parts: Sequence[_Part]) -> list[str]:
    """Each side alone; with the father's name that stands on the other; with the rest of the one after it.

    A single word is no name beside a longer one: LIM of LIM @ TAN AH KOW.
    """
    fathers = next((part.fathers for part in parts if part.fathers), ())
    sides = [part.own + (part.fathers or fathers) for part in parts]
    shortest = min(2, max(len(side) for side in sides))
    ways = ["".join(side) for side in sides if len(side) >= shortest]
    for part, following in pairwise(parts):
        if not fathers and len(part.own) < len(following.own):
            ways.append("".join(part.own + following.own[len(part.own) :]))
    return ways


def _words(text: str) -> list[str]:
    """What stands between blanks and punctuation: letters, figures, and the marks of letters."""
    if text.isascii():
        return text.translate(_ASCII_WORDS).split()
    return "".join(each if unicodedata.category(each)[0] in "LMN" else " " for each in text).split()


def _significant(words: Sequence[str]) -> list[str]:
    """The words with the full form of short ones and one word for "son of", which stands first or last in no name."""
    found: list[str] = []
    for at, word in enumerate(words):
        between = bool(found) and at + 1 < len(words)
        if between and word in ("l", "p") and len(found) > 1 and found[-1] == "a":
            found[-1] = _CHILD
        elif between and word in _CHILD_WORDS:
            found.append(_CHILD)
        else:
            found.append(_SHORT_FORMS.get(word, word))
    return found


def _untitled(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _TITLES) or tuple(words)


def _plain(name: str) -> str:
    """Lower case and base letters, without apostrophes and without what nobody sees."""
    if name.isascii():
        # Of these Unicode has one form, and nothing that is not seen.
        return name.lower().replace("'", "").replace("`", "")
    apart = _ACCENTS.sub("", unicodedata.normalize("NFKD", name).casefold())
    seen = "".join(letter for letter in apart if unicodedata.category(letter) != "Cf")
    return _APOSTROPHES.sub("", unicodedata.normalize("NFC", seen).translate(_LETTERS))
