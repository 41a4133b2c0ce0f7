"""10,000 files with one byte changed, over all formats: nothing is posted that the file as it was does not post.

``MUTATIONS`` says how many, ``SEED`` which. What no format protects by itself is counted and shown (decision 67).
"""

import os
from collections import Counter

import pytest

from services.registration.tests.files.mutating import Posted, Sample, mutations, posted, sample
from tests.prove.conftest import Show

MUTATIONS = int(os.environ.get("MUTATIONS", "10000"))
SEED = int(os.environ.get("SEED", "14"))
FORMATS = ("combined_278", "legacy_223", "csv", "json")
SIZES = (1, 2, 3, 16)
MAY = (202605,)
COUNTED = ("tried", "refused", "elsewhere", "other_amount")
HEADING = "format|lines|tried|refused whole|posted elsewhere|another amount"

pytestmark = pytest.mark.timeout(900)


def elsewhere(sent: Sample, count: int, seed: int) -> Counter[str]:
    """How many files were tried, were refused whole, posted what is nobody's of the file, or another amount of it."""
    before, found = posted(sent.content, sent) or Posted(), Counter[str]()
    for _, changed in mutations(sent, count, seed):
        told = posted(changed, sent)
        found["tried"] += 1
        found["refused"] += told is None
        found["elsewhere"] += bool(set(told or ()) - set(before))
        found["other_amount"] += any(before[key] not in (0, sen) for key, sen in (told or Posted()).items())
    return found


@pytest.mark.parametrize("kind", FORMATS)
def test_with_the_month_named_no_byte_posts_anything_elsewhere(kind: str, show: Show) -> None:
    """A person, a month or a fund of its own; nor another amount, but in the legacy file without a control total."""
    each, rows = MUTATIONS // len(FORMATS) // len(SIZES), []
    for people in SIZES:
        sent = sample(kind, people, MAY, with_total=kind == "legacy_223")
        found = elsewhere(sent, each, SEED + people)
        rows.append((kind, people, *(found[name] for name in COUNTED)))
        assert found["tried"] > each * 0.9
        assert (found["elsewhere"], found["other_amount"]) == (0, 0)
    show(HEADING, rows)


@pytest.mark.parametrize("kind", ["combined_278", "legacy_223", "csv"])
def test_without_it_the_same_holds_for_three_lines_of_a_month_and_more(kind: str, show: Show) -> None:
    rows = []
    for people in (3, 16):
        found = elsewhere(sample(kind, people), MUTATIONS // 10, SEED + people)
        rows.append((kind, people, *(found[name] for name in COUNTED)))
        assert found["elsewhere"] == 0
    show(HEADING, rows)


def test_what_no_format_protects_by_itself_is_counted(show: Show) -> None:
    """Were it none, decision 67 would ask partners for something that is not needed."""
    unprotected = {
        "the month of one line": elsewhere(sample("combined_278", 1), MUTATIONS // 2, SEED)["elsewhere"],
        "the month of a statement": elsewhere(sample("json", 16), MUTATIONS // 2, SEED)["elsewhere"],
        "the wage of a legacy line": elsewhere(sample("legacy_223", 3), MUTATIONS // 10, SEED)["other_amount"],
    }
    show("what no format protects by itself|posted otherwise", list(unprotected.items()))
    assert all(unprotected.values())
