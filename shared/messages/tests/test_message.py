"""What becomes of a message, whatever the provider says in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from shared.messages.gateway import is_signed, signature_of
from shared.messages.message import (
    ATTEMPTS,
    LONGEST_PAUSE,
    TOLD_OTHERWISE,
    MessageReceiptKind,
    MessageState,
    Receipt,
    is_exhausted,
    outcome,
    pause_after,
)

AT = datetime(2026, 8, 12, 9, tzinfo=UTC)
DELIVERED = Receipt("R-1", MessageReceiptKind.DELIVERED, AT + timedelta(hours=2))
DELAYED = Receipt("R-2", MessageReceiptKind.DELAYED, AT + timedelta(hours=1))
BOUNCED = Receipt("R-3", MessageReceiptKind.BOUNCED, AT + timedelta(days=3), "address_unknown")
OFFICERS = Receipt("officers", MessageReceiptKind.DELIVERED, AT + timedelta(days=1), TOLD_OTHERWISE)


def test_the_latest_word_counts_in_whatever_order_it_came() -> None:
    for said in permutations([DELIVERED, DELAYED, BOUNCED]):
        assert outcome(said) == (MessageState.UNDELIVERED, "address_unknown")
    for said in permutations([DELIVERED, DELAYED]):
        assert outcome(said) == (MessageState.DELIVERED, "")
    assert outcome([DELAYED]) is None
    assert outcome([]) is None


def test_what_two_officers_told_goes_before_any_provider() -> None:
    for said in permutations([OFFICERS, DELIVERED, BOUNCED]):
        assert outcome(said) == (MessageState.DELIVERED, TOLD_OTHERWISE)


@given(st.lists(st.sampled_from([DELIVERED, DELAYED, BOUNCED]), max_size=12), st.randoms())
def test_repeats_and_disorder_change_nothing(said: list[Receipt], random: object) -> None:
    shuffled = [*said, *said]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outcome(shuffled) == outcome(said) == outcome(set(said))


def test_attempts_grow_apart_and_end() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, ATTEMPTS + 4)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(minutes=5), LONGEST_PAUSE)
    assert [is_exhausted(attempts) for attempts in (1, ATTEMPTS - 1, ATTEMPTS)] == [False, False, True]


def test_a_signature_is_of_these_bytes_and_this_key() -> None:
    signed = signature_of(b"k" * 32, b"body")
    assert is_signed(b"k" * 32, b"body", signed)
    assert not is_signed(b"k" * 32, b"other", signed)
    assert not is_signed(b"l" * 32, b"body", signed)
    assert not is_signed(b"k" * 32, b"body", "é")
