"""The generated documents say what the models send."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import orjson
import pytest

from shared.contracts.asyncapi import asyncapi
from shared.contracts.claims_matter import ClaimsMatterV1
from shared.contracts.envelope import PersonEvent
from shared.contracts.generate import ASYNCAPI, SCHEMAS, drift, write
from shared.contracts.json_schema import schema_files, schema_of, schema_path
from shared.contracts.letter_told import LetterToldV1
from shared.contracts.payable_stated import PayableStatedV1
from shared.contracts.registration import SpellStartedV1
from shared.contracts.registry import EVENTS
from shared.contracts.rehab_discharged import PatientDischargedV1, RehabOutcome
from shared.contracts.topics import TOPICS
from shared.kernel.identifiers import employer_id, person_id

SPELL = SpellStartedV1(person=12, spell=UUID(int=1), employer=7, revision=1, started_on=date(2026, 1, 1), ended_on=None)
DISCHARGE = PatientDischargedV1(
    person=12,
    referral=UUID(int=1),
    claim=UUID(int=2),
    revision=1,
    centre="melaka",
    discharged_on=date(2026, 8, 2),
    outcome=RehabOutcome.FIT_FOR_OTHER_WORK,
)


def test_every_event_has_a_schema_in_the_dialect_it_names() -> None:
    files = schema_files()
    assert {schema_path(event) for event in EVENTS} <= set(files)
    for schema in files.values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("event", [SPELL, DISCHARGE])
def test_the_bytes_that_are_sent_fit_the_schema(event: SpellStartedV1 | PatientDischargedV1) -> None:
    schema = schema_of(type(event), "x")
    jsonschema.validate(orjson.loads(event.data()), schema, format_checker=jsonschema.FormatChecker())


def test_a_value_of_the_wrong_type_and_a_null_do_not_fit_the_schema() -> None:
    schema = schema_of(SpellStartedV1, "x")
    sent = orjson.loads(SPELL.data())
    for wrong in ({"person": "12"}, {"ended_on": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(sent | wrong, schema)


def test_a_schema_is_whole_in_itself_and_described_by_the_docstring() -> None:
    schema = schema_of(PatientDischargedV1, "rehab.discharged/patient.discharged.v1.json")
    assert "$ref" not in str(schema)
    assert schema["properties"]["final_certificate"]["required"] == ["certificate", "issued_on", "fit_from"]
    assert schema["description"].startswith("An insured person left the centre")
    assert schema["$id"] == "rehab.discharged/patient.discharged.v1.json"


def undescribed(schema: Any, path: str) -> list[str]:
    """The fields of a schema, and of what is in it, that nothing describes."""
    found = []
    for name, field in schema.get("properties", {}).items():
        found += [] if field.get("description") else [f"{path}.{name}"]
        found += undescribed(field, f"{path}.{name}") + undescribed(field.get("items", {}), f"{path}.{name}[]")
    return found


def test_every_field_of_every_event_is_described_where_its_schema_is() -> None:
    assert [each for path, schema in schema_files().items() for each in undescribed(schema, path)] == []
    bare = {"properties": {"a": {"items": {"properties": {"b": {}}}, "description": "A list."}, "c": {}}}
    assert undescribed(bare, "x") == ["x.a[].b", "x.c"]


def test_asyncapi_describes_names_keys_headers_and_both_forms_of_a_number() -> None:
    document = asyncapi({})
    about = document["info"]["description"]
    assert f"`{person_id(12)}`" in about
    assert f"`{employer_id(7)}`" in about
    traits = document["components"]["messageTraits"]
    assert undescribed({"properties": {name: trait["headers"] for name, trait in traits.items()}}, "") == [
        f".{name}" for name in traits
    ]
    messages = document["components"]["messages"]
    for event in EVENTS:
        [trait] = messages[event.__name__]["traits"]
        key = traits[trait["$ref"].rpartition("/")[2]]["bindings"]["kafka"]["key"]
        is_of_party = issubclass(event, (ClaimsMatterV1, LetterToldV1))
        assert key["examples"] == ["person:12" if is_of_party or issubclass(event, PersonEvent) else "employer:7"]
        assert ("party" in key["description"]) is (is_of_party or issubclass(event, PayableStatedV1))
    assert {"Heartbeat", "DailyTotals"} <= set(messages)
    assert "key" not in traits["control"]["bindings"]["kafka"]


def test_asyncapi_names_who_sends_and_who_receives_each_topic() -> None:
    document = asyncapi({"claims": ("registration", "rehab.discharged")})
    assert {channel["address"] for channel in document["channels"].values()} == {topic.name for topic in TOPICS}
    received = {name for name, operation in document["operations"].items() if operation["action"] == "receive"}
    assert received == {"claims_receives_registration", "claims_receives_rehab_discharged"}
    assert document["operations"]["registration_sends_registration"]["action"] == "send"
    assert document["channels"]["registration"]["bindings"]["kafka"]["partitions"] == 12


def test_drift_names_each_document_that_is_missing_stale_or_no_longer_generated(tmp_path: Path) -> None:
    now = {ASYNCAPI: "{}\n", f"{SCHEMAS}/t/e.v1.json": "{}\n"}
    write({f"{SCHEMAS}/t/gone.v1.json": "{}\n", ASYNCAPI: "{ }\n"}, tmp_path)
    assert drift(now, tmp_path) == [
        f"{ASYNCAPI}: out of date",
        f"{SCHEMAS}/t/e.v1.json: missing",
        f"{SCHEMAS}/t/gone.v1.json: nothing generates it any more",
    ]
    write(now, tmp_path)
    assert drift(now, tmp_path) == []


def test_an_instant_is_sent_in_the_form_that_the_schema_names() -> None:
    event = EVENTS[0].model_validate(
        {
            "person": 1,
            "revision": 1,
            "id_tokens": ["t"],
            "born_on": "1990-01-01",
            "residence": "citizen",
            "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
    )
    schema = schema_of(type(event), "x")
    sent_as = schema["properties"]["registered_at"]
    assert (sent_as["type"], sent_as["format"]) == ("string", "date-time")
    assert orjson.loads(event.data())["registered_at"] == "2026-01-01T00:00:00Z"
