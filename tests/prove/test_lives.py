"""All lives come to what their files say, to the sen, side by side in one world; `make test` plays the chosen ones."""

import pytest

from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.lives.life import read_lives
from tests.lives.playing import play
from tests.prove.conftest import Show

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(900)]


async def test_every_life_comes_to_what_its_file_says(databases: Databases, issuer: TestIssuer, show: Show) -> None:
    found = await play(read_lives(), databases, issuer)
    differ = [each.told for each in found if each.differences]
    show("lives|differ", [(str(len(found)), str(len(differ)))])
    assert not differ, "\n\n".join(differ)
