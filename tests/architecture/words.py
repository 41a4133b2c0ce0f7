"""Words of our own where the field has a term: names and prose use the standard one (docs/glossary.md)."""

import re
from collections.abc import Iterable
from pathlib import Path

# The word, and the term that stands in its place. A pattern is a whole word; code joins words with `_` or capitals.
TERMS = {
    r"nought": "zero",
    r"anew": "again",
    r"second[ _]look": "recheck",
    r"lookout": "due-work poller",
    r"in[ _]hand": "in flight",
    r"passing[ _]faults?": "transient error",
    r"journal": "consumer store",
    r"keep[ _]?house": "retention cleanup",
    r"housekeeping": "retention cleanup",
    r"malad(y|ies)": "error",
    r"portions?": "page",
    r"knife": "fault injector",
    r"teller": "story runner or bank clerk",
    r"nursery": "process starter",
    r"troubles?": "error",
    r"beats?": "heartbeat",
}
_FOUND = {word: re.compile(rf"(?<![A-Za-z]){word}(?![A-Za-z])", re.IGNORECASE) for word in TERMS}
# In small letters: to look at each letter in both ways takes four times as long.
_ANY = re.compile(rf"(?<![a-z])(?:{'|'.join(TERMS)})(?![a-z])")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What was said or sent before the names were chosen, and may not be rewritten.
OLD = (
    "shared/persistence/platform.py",  # a migration renames what an earlier one made
    "shared/persistence/tests/test_upgrades.py",
    "tests/architecture/",
    "docs/law/",  # generated from the statute book, in the words of the Acts
    "docs/decisions/",  # the record of its day
)
_READ = (".py", ".md", ".yaml", ".toml", ".yml", "Makefile", ".patch", ".sh")


def words_of_our_own(root: Path, paths: Iterable[str]) -> list[str]:
    """Places in code and prose that use a word of our own, each with the field's term."""
    found = []
    for path in paths:
        if path.startswith(OLD) or not path.endswith(_READ):
            continue
        text = _split((root / path).read_text(encoding="utf-8"))
        if _ANY.search(text.lower()):
            for number, line in enumerate(text.splitlines(), start=1):
                found += [f"{path}:{number}: {said}" for said in _said(line)]
    return found


def _split(text: str) -> str:
    """The text in words: code joins them."""
    return _CAMEL.sub(" ", text).replace("_", " ")


def _said(words: str) -> list[str]:
    return [f"say {TERMS[word]}" for word, pattern in _FOUND.items() if pattern.search(words)]
