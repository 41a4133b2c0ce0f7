"""The steps that push events, over HTTP and over a partner's own topics of Kafka, and compare what becomes of each."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from conformance.comparing import refusal, stands
from conformance.files import money
from conformance.installation import told
from conformance.pack import AMOUNTS, day_of, month_of, sen
from conformance.runner import Stage
from conformance.topics import Header

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
MONEY = (*AMOUNTS, "wage", "allowance")
DAYS = ("started_on", "ended_on", "paid_on", "born_on", "happened_on", "issued_on", "first", "last")
ATTRIBUTES = ("specversion", "id", "source", "type")


async def push(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Push events in a form of CloudEvents, and compare what becomes of each."""
    service, by = step.get("to", "registration"), step.get("by", "employer")
    events = [_event(stage, each, by) for each in step["events"]]
    content = _pushed(step["push"], events)
    answer = await stage.installation.call("POST", "/v1/events", service=service, by=by, **content)
    expected = step.get("expect", {})
    if "code" in expected:
        return refusal(answer, expected)
    if answer.status_code != 202:
        return [f"expected 202, answered {answer.status_code} {told(answer).get('code', '')}"]
    said = []
    for given, kept in zip(step["events"], answer.json()["data"], strict=True):
        stage.events[given["name"]] |= {"event": kept["event"], "service": service, "by": by}
        said += await _became(stage, given["name"], given.get("expect", {}), kept)
        _post_event(stage, given, by)
    # What wakes an earlier event leaves its line a moment later: the step that reads that event looks.
    if step.get("unsettled"):
        return said
    return said + await stands(stage, (each.get("person") for each in step["events"]), by)


async def read_event(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Read an event of an earlier step, as it stands by now."""
    said = await _became(stage, step["event"], step["expect"], {"state": "received"})
    by = stage.events[step["event"]]["by"]
    _post_event(stage, step, by)
    return said + await stands(stage, [step.get("person")], by)


async def produce(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Write events to the employer's topic, and compare what is answered on the other. One with a `record` is that
    text, which may be no event: it is known by its place in the topic."""
    known = [await _produced(stage, step["produce"], given) for given in step["events"]]
    said = []
    for which, given in zip(known, step["events"], strict=True):
        name, expected = given["name"], given.get("expect", {})
        said += _compared(name, expected, await _heard(stage, name, which, expected))
        _post_event(stage, given, "employer")
    if step.get("unsettled"):
        return said
    return said + await stands(stage, (each.get("person") for each in step["events"]), "employer")


async def _produced(stage: Stage, form: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Write a record; by which members of an answer it is known again."""
    topics = stage.installation.kafka
    if "record" in given:
        headers = [(name, None if text is None else text.encode()) for name, text in given.get("headers", ())]
        return {"offset": await topics.send(given["record"].encode(), headers)}
    event = _event(stage, given, "employer")
    stage.events[given["name"]] |= {"event": None, "service": "registration", "by": "employer", "over": "kafka"}
    if form == "structured":
        await topics.send(json.dumps(event).encode(), [("content-type", STRUCTURED.encode())])
    else:
        attributes: list[Header] = [(f"ce_{name}", str(event[name]).encode()) for name in ATTRIBUTES]
        await topics.send(json.dumps(event["data"]).encode(), attributes)
    return {"id": event["id"]}


async def _heard(stage: Stage, name: str, which: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a record: the first that says what is expected, else the last that came in time."""
    topics, wanted = stage.installation.kafka, expected.get("state", "accepted")
    found: dict[str, Any] = {"state": "not answered"}
    async for answer in topics.answers_to(which, stage.installation.patience):
        found = answer
        if answer.get("state") == wanted:
            break
    person = found.get("result", {}).get("person")
    if person is not None and name in stage.events:
        stage.numbers[stage.events[name]["person"]] = person
    return {"reason": None, "warnings": [], "result": {}, **found}


def _event(stage: Stage, given: Mapping[str, Any], by: str) -> dict[str, Any]:
    """An event as CloudEvents has it; the same name of an earlier step sends the same id and source."""
    event_id = stage.events.get(given.get("as", given["name"]), {}).get("id") or _fresh_name()
    data = _dated(stage, given.get("data", {}), by)
    if "person" in given and given.get("about", True):
        person = stage.people[given["person"]]
        who = {"national_id": person.national_id, "name": given.get("called", person.name)}
        if given["type"] == "employee.hired":
            who |= {"born_on": str(person.born_on), "residence": person.residence, "started_on": str(person.started_on)}
            who |= person.work
        data = who | data
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": given.get("source", "/conformance"),
        "type": given["type"],
        "data": data,
    }
    stage.events[given["name"]] = {"id": event_id, "person": given.get("person")}
    attributes: dict[str, Any] = given.get("attributes", {})
    return event | attributes


def _fresh_name() -> str:
    """An id that no other event has. It is of letters: twelve digits side by side, as a UUID may have them, look like a
    national id and are refused."""
    return uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))


def _dated(stage: Stage, data: Any, by: str) -> Any:
    """The data with days, months and amounts as the API takes them."""
    if not isinstance(data, Mapping):
        return data
    made: dict[str, Any] = {}
    for name, value in data.items():
        if name in MONEY and isinstance(value, str):
            made[name] = money(sen(value))
        elif name in DAYS and isinstance(value, str):
            made[name] = str(day_of(value, stage.today))
        elif name == "for_month":
            made[name] = month_of(value, stage.today)
        elif value == "{employer}":
            made[name] = stage.employers[by].number
        else:
            made[name] = _dated(stage, value, by)
    return made


def _pushed(form: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    if form == "batch":
        return {"json": events, "headers": {"content-type": BATCH}}
    (event,) = events
    if form == "structured":
        return {"json": event, "headers": {"content-type": STRUCTURED}}
    attributes = {f"ce-{name}": str(value) for name, value in event.items() if name != "data"}
    return {"json": event["data"], "headers": {**attributes, "content-type": "application/json"}}


async def _became(stage: Stage, name: str, expected: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """Wait until an event is worked off, and compare how it stands."""
    pushed = stage.events[name]
    if pushed.get("over") == "kafka":
        return _compared(name, expected, await _heard(stage, name, {"id": pushed["id"]}, expected))
    if kept["state"] == "refused" or pushed["event"] is None:
        return _compared(name, expected, {**kept, "warnings": [], "result": {}})
    path = f"/v1/events/{pushed['event']}"

    async def read() -> dict[str, Any]:
        return told(await stage.installation.call("GET", path, service=pushed["service"], by=pushed["by"]))

    found = await stage.installation.until(read, lambda read: read.get("state") not in (None, "received"))
    if found.get("state") == "parked" and expected.get("state") != "parked":
        # What it waited for has come, perhaps a moment ago.
        found = await stage.installation.until(read, lambda read: read.get("state") != "parked")
    if "person" in found.get("result", {}):
        stage.numbers[pushed["person"]] = found["result"]["person"]
    return _compared(name, expected, found)


def _compared(name: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    wanted = {"state": "accepted", "reason": None, "warnings": [], **expected}
    result = found.get("result", {})
    said = [
        f"{name}: {member} expected {wanted[member]}, is {found.get(member)}"
        for member in ("state", "reason", "warnings")
        if wanted[member] != found.get(member)
    ]
    if "amounts" in expected:
        amounts = [result.get("amounts", {}).get(each) for each in AMOUNTS]
        if amounts != expected["amounts"]:
            said.append(f"{name}: amounts expected {expected['amounts']}, are {amounts}")
    due = {each["field"]: each["expected"] for each in result.get("line", ()) if each["expected"]}
    if due != expected.get("due", {}):
        said.append(f"{name}: due expected {expected.get('due', {})}, is {due}")
    return said + [f"{name}: the result has no {each}" for each in expected.get("result", ()) if each not in result]


def _post_event(stage: Stage, given: Mapping[str, Any], by: str) -> None:
    """Let the line of a wage that is taken stand in the model; a person who was hired is read from now on."""
    posted = given.get("posted")
    if posted is not None:
        amounts = [None if each is None else sen(each) for each in posted["amounts"]]
        stage.models[by].post(given["person"], month_of(posted["month"], stage.today), sen(posted["wages"]), amounts)
