"""A revision is the ordered list of its records' hashes."""

from hashlib import sha256

from shared.law.decision import revision_hash


def test_a_revision_is_hashed_over_its_list_one_a_line() -> None:
    assert revision_hash(["a", "b"]) == sha256(b"a\nb").hexdigest()


def test_the_order_and_the_borders_of_the_list_count() -> None:
    lists: tuple[list[str], ...] = ([], ["a"], ["a", "b"], ["b", "a"], ["ab"], ["a", "b", "b"])
    assert len({revision_hash(each) for each in lists}) == len(lists)
