"""Our hash of a key is Kafka's: a key that moved to another partition would lose its order."""

import random

import pytest
from aiokafka.partitioner import murmur2 as of_the_client

from shared.messaging.murmur import murmur2


@pytest.mark.parametrize(
    ("key", "hashed"),
    # Of Kafka's own UtilsTest.testMurmur2, as unsigned numbers.
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_it_is_the_one_of_the_java_client(key: bytes, hashed: int) -> None:
    assert murmur2(key) == hashed % 2**32


def test_it_is_the_one_of_our_client_whatever_the_key() -> None:
    chance = random.Random(7)
    for length in [*range(70), 1_000, 1_003]:
        key = chance.randbytes(length)
        assert murmur2(key) == of_the_client(key)
