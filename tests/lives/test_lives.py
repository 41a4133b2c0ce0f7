"""Every life of this folder comes to what its file says, to the sen; they are played side by side, once."""

import pytest

from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.lives.life import CASES, read_lives
from tests.lives.playing import play
from tests.lives.settled import Found

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(480)]

NAMES = sorted(path.stem for path in CASES.rglob("*.yaml"))


@pytest.fixture(scope="module")
async def played(databases: Databases, issuer: TestIssuer) -> dict[str, Found]:
    """What each life came to, by the name of its file."""
    return {found.life.name: found for found in await play(read_lives(), databases, issuer)}


@pytest.mark.parametrize("name", NAMES)
def test_a_life_comes_to_what_its_file_says(name: str, played: dict[str, Found]) -> None:
    found = played[name]
    assert not found.differences, "\n".join([name, *found.differences, *found.waiting, found.table, *found.explained])
