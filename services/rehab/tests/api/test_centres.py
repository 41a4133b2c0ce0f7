"""Beds: what the centres show, and the last one of them."""

import asyncio
from typing import Any

from services.rehab.tests.support import CERTIFICATE, Rehab
from shared.kernel.identifiers import new_id

TO_IPOH = {"centre": "IPOH", "admitted_on": "2026-07-20"}


async def _centres(rehab: Rehab) -> dict[str, Any]:
    listed = await rehab.get("/v1/centres", scopes=["rehab:centre:read"])
    return {each.pop("code"): each for each in listed.json()["data"]}


async def test_the_centres_of_the_dossier_stand_with_their_beds(rehab: Rehab) -> None:
    """Dossier other-schemes §6.2."""
    centres = await _centres(rehab)
    assert {code: centre["beds"] for code, centre in centres.items()} == {"IPOH": 700, "MELAKA": 150}
    assert "Tun Abdul Razak" in centres["MELAKA"]["name"]
    assert {(each["occupied"], each["occupancy"], each["occupancy_percent"]) for each in centres.values()} == {
        (0, "0/1", "0.00")
    }


async def test_an_admission_takes_a_bed_and_a_discharge_frees_it(rehab: Rehab) -> None:
    path = await rehab.admitted(new_id())
    melaka = (await _centres(rehab))["MELAKA"]
    assert (melaka["occupied"], melaka["occupancy"], melaka["occupancy_percent"]) == (1, "1/150", "0.67")
    await rehab.post(f"{path}/discharge", {"discharged_on": "2026-08-02", "outcome": "discontinued"})
    assert (await _centres(rehab))["MELAKA"]["occupied"] == 0


async def test_a_full_centre_admits_nobody_and_another_one_does(rehab: Rehab) -> None:
    await rehab.rows("UPDATE centre SET beds = 1 WHERE code = 'IPOH'")
    first = await rehab.admitted(new_id(), "IPOH")
    second = await rehab.taken(new_id())
    refused = await rehab.post(f"{second}/admission", TO_IPOH)
    assert (refused.status_code, refused.json()["code"]) == (409, "centre_full")
    assert (await rehab.get(second)).json()["state"] == "taken"
    left = {"discharged_on": "2026-08-02", "outcome": "fit_for_same_work", "final_certificate": CERTIFICATE}
    assert (await rehab.post(f"{first}/discharge", left)).status_code == 200
    assert (await rehab.post(f"{second}/admission", TO_IPOH)).status_code == 200


async def test_of_two_who_want_the_last_bed_at_once_one_gets_it(rehab: Rehab) -> None:
    for beds in range(1, 9):
        await rehab.rows("UPDATE centre SET beds = $1 WHERE code = 'IPOH'", beds)
        paths = [await rehab.taken(new_id()) for _ in range(2)]
        answers = await asyncio.gather(*(rehab.post(f"{path}/admission", TO_IPOH) for path in paths))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert {each.json()["code"] for each in answers if each.status_code == 409} == {"centre_full"}
        assert (await _centres(rehab))["IPOH"]["occupancy"] == "1/1"
    assert len(await rehab.published()) == 8


async def test_an_admission_that_waits_for_the_centres_row_counts_what_was_committed_meanwhile(rehab: Rehab) -> None:
    await rehab.rows("UPDATE centre SET beds = 1 WHERE code = 'IPOH'")
    first, second = await rehab.taken(new_id()), await rehab.taken(new_id())
    async with rehab.service.database.connection("migrate") as other, other.transaction():
        await other.execute("SELECT FROM centre WHERE code = 'IPOH' FOR UPDATE")
        waiting = asyncio.create_task(rehab.post(f"{second}/admission", TO_IPOH))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await other.execute(
            "UPDATE referral SET state = 'admitted', centre = 'IPOH', admitted_on = '2026-07-20', "
            "admitted_revision = 1 WHERE id = $1",
            first.rpartition("/")[2],
        )
    assert (await waiting).json()["code"] == "centre_full"
