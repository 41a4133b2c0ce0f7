"""The partners' page, run as it is written, and the people on it, each with the outcome that it states."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from deploy.local.people import PEOPLE, KnownPerson, bring
from deploy.local.story import OFFICER, until
from shared.testing.tokens import TestIssuer
from tests.journeys.addresses import addressed
from tests.journeys.platform import Platform, at_work
from tests.journeys.ways import Way

# The page promises five minutes; the platform here stands beside other lanes and other work.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "partners.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


async def shell(commands: str, folder: Path) -> str:
    """What the commands say; they end at the first that fails, as a reader would."""
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        commands,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said


def test_the_page_begins_with_commands_that_there_are() -> None:
    assert COMMANDS[0] == "make up\nmake people\n"
    targets = re.findall(r"^([a-z]+): ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"up", "people"} <= set(targets)


@pytest.mark.parametrize("way", [Way.IN_ORDER])
async def test_the_page_is_run_as_written_and_its_people_have_the_outcomes_it_states(
    platform: Platform, issuer: TestIssuer, tmp_path: Path
) -> None:
    async with addressed(platform, issuer, tmp_path / ".state") as state, at_work(platform):
        await bring(state)
        table = await bring(state)
        # A reader takes longer over the page than the months take to arrive: until then a decision is provisional.
        await platform.rest()
        assert table.row_count == len(PEOPLE)
        said = await shell("\n".join(COMMANDS[1:]), tmp_path)
        for sign in (
            '"amount": "1836.00"',
            "The file is accepted",
            "The wage is accepted",
            '"code": "not_in_list"',
            '"commuting"',
            "idempotency-replayed: true",
        ):
            assert sign in said, said
        party = party_of(tmp_path)
        for who in PEOPLE:
            await has_its_outcome(platform, who, party)


def party_of(folder: Path) -> str:
    """The test employer's tenant, from what the partner is told."""
    [employer] = re.findall(r"^EMPLOYER=E(\d{9}).$", (folder / ".state" / "partner.env").read_text(), re.MULTILINE)
    return f"employer:{int(employer)}"


async def has_its_outcome(platform: Platform, who: KnownPerson, party: str) -> None:
    """Report the accident of the page, and hold what is decided and paid to what is stated."""
    sent = await platform.call("claims", "POST", "/v1/notices", party=party, json=who.notice)
    path, expected = f"/v1/claims/{sent.json()['claim']}", who.outcome

    async def claim() -> dict[str, str]:
        found: dict[str, str] = (await platform.call("claims", "GET", path, party=OFFICER)).json()
        return found

    # A second notice of the same accident joins the first, whose decision stands.
    read = await until(claim, lambda read: read["state"] in (expected.state, "joined", "needs_officer"), who.name)
    decided = path if read["state"] != "joined" else f"/v1/claims/{read['joined_to']}"
    newest = (await platform.call("claims", "GET", f"{decided}/decisions", party=OFFICER)).json()[-1]
    amounts = (newest["daily_rate"]["amount"], newest["days"], newest["amount"]["amount"], newest["provisional"])
    assert amounts == (expected.daily_rate, expected.days, expected.amount, expected.provisional), who.name
    assert await paid_to(platform, await claim(), expected.paid) == expected.paid, who.name


async def paid_to(platform: Platform, claim: dict[str, str], expected: str) -> str:
    """What the bank settled for the person of a claim, once it is as expected or nothing is on its way."""

    async def settled() -> str:
        page = await platform.call("benefits", "GET", f"/v1/payments?person={claim['person']}", party=OFFICER)
        return "".join(each["amount"]["amount"] for each in page.json()["data"] if each["state"] == "settled")

    if expected:
        return str(await until(settled, lambda amount: amount == expected, "the payment"))
    await platform.rest()
    return await settled()


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.name)
def test_the_page_states_the_outcome_of_each(who: KnownPerson) -> None:
    [row] = re.findall(rf"^\| {who.mykad} \| {re.escape(who.name)} \| {who.last_certified_day} \| (.*) \|$", PAGE, re.M)
    outcome, why = row.split(" | ")
    assert outcome.startswith(who.outcome.state)
    assert (", provisional" in outcome) == who.outcome.provisional
    assert why == who.outcome.why
    if who.outcome.days:
        amount = f"{float(who.outcome.amount):,.2f}"
        assert f"{who.outcome.days} days × RM{who.outcome.daily_rate} = RM{amount}" in outcome
        assert outcome.endswith(", paid" if who.outcome.paid else ", not paid")
