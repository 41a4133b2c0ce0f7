"""What becomes of a message, whatever the provider says in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.messages.gateway import is_signed, signature_of, signed_of_receipt
from shared.messages.message import (
    ATTEMPTS,
    ATTEMPTS_BROKE_OFF,
    LONGEST_PAUSE,
    NO_RECEIPT,
    NOT_LAID_OUT,
    TOLD_OTHERWISE,
    Channel,
    Message,
    MessageReceiptKind,
    MessageState,
    Receipt,
    is_exhausted,
    outcome,
    pause_after,
)
from shared.messages.sending import Outcome, over

AT = datetime(2026, 8, 12, 9, tzinfo=UTC)
DELIVERED = Receipt("R-1", MessageReceiptKind.DELIVERED, AT + timedelta(hours=2))
DELAYED = Receipt("R-2", MessageReceiptKind.DELAYED, AT + timedelta(hours=1))
BOUNCED = Receipt("R-3", MessageReceiptKind.BOUNCED, AT + timedelta(days=3), "address_unknown")
OFFICERS = Receipt("officers-", MessageReceiptKind.DELIVERED, AT + timedelta(days=1), TOLD_OTHERWISE, by_officers=True)
WAITS = Message(UUID(int=1), UUID(int=2), "person:12", Channel.POST, "both", MessageState.WAITING, 1, AT)


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
    as_they = Receipt("R-4", MessageReceiptKind.DELIVERED, AT, TOLD_OTHERWISE)
    assert outcome([as_they, BOUNCED]) == (MessageState.UNDELIVERED, "address_unknown"), "a provider speaks for itself"


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
    of_each = {signed_of_receipt(id_, body) for id_ in (UUID(int=1), UUID(int=2)) for body in (b"", b"x", b"\n")}
    assert len(of_each) == 6, "of one message and one body"


def test_an_attempt_ends_a_message_or_leaves_it_waiting() -> None:
    failed, taken = Outcome("failed", NOT_LAID_OUT), Outcome("taken", sha256="0" * 64)
    assert failed.after(WAITS) == WAITS
    last = failed.after(replace(WAITS, attempts=ATTEMPTS))
    assert (last.state, last.reason, last.next_at) == (MessageState.UNDELIVERED, NOT_LAID_OUT, None)
    assert taken.after(WAITS).state is MessageState.SENT
    replaced = replace(WAITS, state=MessageState.SUPERSEDED)
    assert taken.is_news_of(replaced), "the gateway has it"
    assert not failed.is_news_of(replaced)
    assert not taken.is_news_of(replace(WAITS, state=MessageState.DELIVERED)), "its receipt was faster"


def test_what_is_not_attempted_once_more() -> None:
    assert over(replace(WAITS, attempts=ATTEMPTS)) is None
    assert over(replace(WAITS, attempts=ATTEMPTS + 1)) == Outcome("given_up", ATTEMPTS_BROKE_OFF)
    sent = replace(WAITS, state=MessageState.SENT, attempts=ATTEMPTS + 1)
    assert over(sent) is None, "the eighth was taken: it is handed over once more"
    assert over(replace(sent, reason=NO_RECEIPT)) == Outcome("given_up", NO_RECEIPT)
