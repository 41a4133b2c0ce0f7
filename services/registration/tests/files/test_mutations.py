"""A byte of a file is changed: nothing is posted to a person, a month or a fund that the file as it was does not name.

Decision 67 says what no format can protect by itself; those are counted here. `tests/prove` does thousands of each.
"""

import pytest

from services.registration.tests.files.mutating import Posted, mutations, posted, sample

FORMATS = ["combined_278", "legacy_223", "csv", "json"]
MAY = (202605,)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_file_itself_is_posted_whole(kind: str) -> None:
    """Else nothing below could fail: 16 people, four amounts each."""
    sent = sample(kind, 16)
    told = posted(sent.content, sent)
    assert told is not None
    assert len(told) == 64
    assert sum(told.values()) == 16 * (4_285 + 1_225 + 490 + 490)


@pytest.mark.parametrize("kind", ["combined_278", "csv"])
@pytest.mark.parametrize("people", [3, 16])
def test_a_byte_changed_posts_nothing_elsewhere_and_no_other_amount(kind: str, people: int) -> None:
    """Of three lines on the month of most of them counts; a changed amount is not the table's."""
    sent = sample(kind, people)
    before = posted(sent.content, sent) or Posted()
    for place, changed in mutations(sent, 250, seed=14 + people):
        told = posted(changed, sent) or Posted()
        assert all(before.get(key) == sen for key, sen in told.items()), place


@pytest.mark.parametrize("kind", FORMATS)
def test_with_the_month_named_this_holds_for_a_file_of_one_line_and_for_every_format(kind: str) -> None:
    sent = sample(kind, 1, MAY)
    before = posted(sent.content, sent) or Posted()
    for place, changed in mutations(sent, 250, seed=67):
        assert set(posted(changed, sent) or Posted()) <= set(before), place


def test_what_no_format_protects_by_itself_is_the_month_of_one_or_two_lines() -> None:
    """Every other month of the year, in which the person works here as well: nothing in the line says otherwise."""
    sent = sample("combined_278", 1)
    before = posted(sent.content, sent) or Posted()
    elsewhere = {}
    for digit in b"0123456789":
        changed = sent.content[:195] + bytes([digit]) + sent.content[196:]
        elsewhere[digit] = set(posted(changed, sent) or Posted()) - set(before)
    assert sum(map(bool, elsewhere.values())) == 8, "January to April and June to September"


def test_the_wage_of_a_legacy_line_is_protected_by_a_control_total_alone() -> None:
    """Its one amount is the wage, for which the table says what is due: no amount beside it could differ."""
    sent, summed = sample("legacy_223", 3), sample("legacy_223", 3, with_total=True)
    changed = sent.content[:208] + b"9" + sent.content[209:]
    assert sum((posted(changed, sent) or Posted()).values()) > sum((posted(sent.content, sent) or Posted()).values())
    assert posted(changed, summed) is None
    for _, other in mutations(summed, 250, seed=5):
        told, before = posted(other, summed) or Posted(), posted(summed.content, summed) or Posted()
        assert all(before.get(key) == sen for key, sen in told.items())
