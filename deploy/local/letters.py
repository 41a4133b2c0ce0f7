"""What the people of the demo were told, and how it reached them: by post, by e-mail, by short message."""

from collections import Counter
from typing import Any

from deploy.local.story import Client, StoryFailed, StoryStep, Worker, until

CHAPTER = 9
_REACHED_BY = {"email": "email", "sms": "telephone"}
_ENDED = ("delivered", "superseded")
_CHANNELS = {"post": "by post", "email": "by e-mail", "sms": "by short message"}


async def prefer(client: Client, worker: Worker, channel: str, contact: str) -> None:
    """She says how she is reached, and that she is written to so from now on; she has a client of her own."""
    stated = {"attribute": _REACHED_BY[channel], "value": contact, "reason": "changed"}
    preferred = {"wording": "both", "channel": channel}
    for service, path, body in (
        ("registration", f"/v1/persons/{worker.person}/facts", stated),
        ("claims", "/v1/message-preference", preferred),
    ):
        answer = await client.call(service, "POST", path, party=worker.party, json=body)
        if not answer.is_success:
            raise StoryFailed(f"POST {path} of {service} answered {answer.status_code}: {answer.text}")


async def told(client: Client, worker: Worker, *kinds: str) -> StoryStep:
    """Wait until letters of these kinds were written and everything has arrived, as its receipts prove."""

    async def letters() -> list[dict[str, Any]]:
        page = await client.call("claims", "GET", "/v1/letters?limit=100", party=worker.party)
        page.raise_for_status()
        return [await read(each["letter"]) for each in page.json()["data"]]

    async def read(letter: str) -> dict[str, Any]:
        answer = await client.call("claims", "GET", f"/v1/letters/{letter}", party=worker.party)
        answer.raise_for_status()
        return dict(answer.json())

    def have_arrived(found: list[dict[str, Any]]) -> bool:
        written = {each["kind"] for each in found}
        return written >= set(kinds) and all(_has_ended(each) for each in found)

    found = await until(letters, have_arrived, f"that {worker.person} was told {', '.join(kinds)}")
    arrived = Counter(
        each["channel"] for letter in found for each in letter["messages"] if each["state"] == "delivered"
    )
    by_channel = tuple((shown, str(arrived[channel])) for channel, shown in _CHANNELS.items() if arrived[channel])
    written = Counter(each["kind"].replace("_", " ") for each in found)
    kinds_told = ", ".join(f"{number} {kind}" for kind, number in sorted(written.items()))
    return StoryStep(CHAPTER, "Told", (("person", worker.person), ("letters", kinds_told), *by_channel))


def _has_ended(letter: dict[str, Any]) -> bool:
    """What a newer letter took the place of need not arrive, and what came back goes by post."""
    messages = letter["messages"]
    return bool(messages) and messages[-1]["state"] in _ENDED
