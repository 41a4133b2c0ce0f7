"""The AsyncAPI 3.0 document of the platform: its topics, the messages on them, who sends and who receives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.contracts.claims_matter import ClaimsMatterV1
from shared.contracts.envelope import CONTENT_TYPE, SPEC_VERSION, Event, Part, PersonEvent
from shared.contracts.heartbeat import DAILY_TOTALS_TYPE, HEARTBEAT_TYPE, DailyTotals, Heartbeat
from shared.contracts.json_schema import DAILY_TOTALS_PATH, HEARTBEAT_PATH, schema_path
from shared.contracts.letter_told import LetterToldV1
from shared.contracts.payable_stated import PayableStatedV1
from shared.contracts.registry import EVENTS
from shared.contracts.topics import TOPICS, Topic

PRODUCTION_REPLICAS = 3
KAFKA_BINDING = "0.5.0"
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_PERSON_KEY = "`person:` and the person's number, such as `person:12`: all events of a person stand on one partition."
_EMPLOYER_KEY = "`employer:` and the employer's number, such as `employer:7`."
_PARTY_KEY = "As of events about a person, or the party that is paid where a payable is about no person: `employer:7`."
_MATTER_KEY = "The party whose matter it is: `person:12`, `hospital:3`."
_CONTROLS: dict[str, tuple[type[Part], str, str]] = {
    "Heartbeat": (Heartbeat, HEARTBEAT_TYPE, HEARTBEAT_PATH),
    "DailyTotals": (DailyTotals, DAILY_TOTALS_TYPE, DAILY_TOTALS_PATH),
}


ABOUT = """What the services of Jaring tell each other, as CloudEvents 1.0 in Kafka's binary mode.

**Names.** A topic is a family of events about one kind of thing, such as `registration`. An event is what happened, in
the past tense; its type, in the header `ce_type`, is `jaring.`, its name and its version, such as
`jaring.person.registered.v1`, and the class of its schema is `PersonRegisteredV1`. A field may be added to a version;
anything else is a new version beside the old one. Ignore what you do not know.

**Keys and order.** A record's key is `person:<number>` or `employer:<number>`: whom the event is about. A payable that
is about no person has the party that is paid, a letter or what was filed the party whose it is. Only the events of one
aggregate (`ce_subject`) on one topic are ordered, and `ce_streamversion` counts them. Of two events about one subject
the higher `revision` counts, whichever came first. Every consumer bears repeats: `ce_id` is the same in each.

**The two forms of a person's number.** Events carry it as an integer, `12`. REST carries it with its prefix, nine
digits and a check character (ISO 7064 mod 37,36), `P000000012T`, so that a mistyped digit means nobody. Employers
likewise: `7` and `E0000000076`. Parties write the integer: `person:12`, `employer:7`. Both forms name the same person,
for ever.

**Values.** Money is an integer of sen, in fields that end with `_sen`. A day is `YYYY-MM-DD` in Kuala Lumpur, a month
`YYYY-MM`, an instant has an offset. What is absent has no value; nothing is null. No national id, name or account
number is in any event."""


def asyncapi(subscriptions: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document; `subscriptions` names the topics that each service receives."""
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": CONTENT_TYPE,
        "servers": {"kafka": _server()},
        "channels": {_key(topic.name): _channel(topic) for topic in TOPICS},
        "operations": dict(_operations(subscriptions)),
        "components": {
            "messages": {name: _message(name) for name in _messages_by_name()},
            "messageTraits": {
                "about_a_person": _event_trait(_PERSON_KEY, "person:12"),
                "about_an_employer": _event_trait(_EMPLOYER_KEY, "employer:7"),
                "about_a_payable": _event_trait(_PARTY_KEY, "employer:7"),
                "about_a_matter": _event_trait(_MATTER_KEY, "person:12"),
                "control": _control_trait(),
            },
            "tags": {service: _tag(service) for service in _services()},
        },
    }


def _info() -> dict[str, Any]:
    return {
        "title": "Jaring events",
        "version": "1.0.0",
        "description": ABOUT,
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        "tags": [_tag_reference(service) for service in _services()],
    }


def _services() -> list[str]:
    return list(dict.fromkeys(topic.owner for topic in TOPICS))


def _tag(service: str) -> dict[str, str]:
    topics = " and ".join(topic.name for topic in TOPICS if topic.owner == service)
    return {"name": service, "description": f"The service that writes {topics}."}


def _tag_reference(service: str) -> dict[str, str]:
    return {"$ref": f"#/components/tags/{service}"}


def _server() -> dict[str, Any]:
    return {
        "host": "{brokers}",
        "protocol": "kafka",
        "description": "The brokers of an installation, as its JARING_KAFKA names them.",
        "variables": {"brokers": {"description": "host:port of a broker", "examples": ["kafka:9092"]}},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "title": topic.about,
        "description": f"Written by {topic.owner} only. What a consumer parks is copied to {topic.dead_letter.name}.",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names_on(topic)},
        "bindings": {"kafka": _kafka(topic)},
    }


def _kafka(topic: Topic) -> dict[str, Any]:
    """The topic's shape in production; one machine runs with one replica."""
    return {
        "topic": topic.name,
        "partitions": topic.partitions,
        "replicas": PRODUCTION_REPLICAS,
        "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": topic.retention_ms},
        "bindingVersion": KAFKA_BINDING,
    }


def _operations(subscriptions: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for topic in TOPICS:
        yield f"{topic.owner}_sends_{_key(topic.name)}", _operation("send", topic.owner, topic.name)
    for service, names in subscriptions.items():
        for name in names:
            yield f"{service}_receives_{_key(name)}", _operation("receive", service, name)


def _operation(action: str, service: str, topic: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{_key(topic)}"},
        "title": f"{service} {action}s {topic}",
        "tags": [_tag_reference(service)],
    }


def _messages_by_name() -> dict[str, type[Event] | type[Part]]:
    return {event.__name__: event for event in EVENTS} | {name: model for name, (model, _, _) in _CONTROLS.items()}


def _names_on(topic: Topic) -> list[str]:
    return [*(event.__name__ for event in EVENTS if event.topic is topic), *_CONTROLS]


def _message(name: str) -> dict[str, Any]:
    model = _messages_by_name()[name]
    if issubclass(model, Event):
        trait, type_, path = _trait_of(model), model.type(), schema_path(model)
    else:
        (_, type_, path), trait = _CONTROLS[name], "control"
    summary, _, rest = (model.__doc__ or "").partition("\n")
    message = {
        "name": type_,
        "title": name,
        "summary": summary.strip(),
        "description": " ".join(rest.split()),
        "contentType": CONTENT_TYPE,
        "traits": [{"$ref": f"#/components/messageTraits/{trait}"}],
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./schemas/{path}"}},
    }
    return {key: value for key, value in message.items() if value}


def _trait_of(event: type[Event]) -> str:
    """What its key says."""
    if issubclass(event, PayableStatedV1):
        return "about_a_payable"
    if issubclass(event, LetterToldV1 | ClaimsMatterV1):
        return "about_a_matter"
    return "about_a_person" if issubclass(event, PersonEvent) else "about_an_employer"


def _event_trait(about_the_key: str, example: str) -> dict[str, Any]:
    required = {
        "ce_specversion": _header("The version of CloudEvents.", const=SPEC_VERSION),
        "ce_id": _header("This event; the same in every repeat of it.", format="uuid"),
        "ce_source": _header("The service that says it, such as `/registration`."),
        "ce_type": _header("What happened, and in which version, such as `jaring.person.registered.v1`."),
        "ce_time": _header("When it was said.", format="date-time"),
        "ce_subject": _header("Kind and id of the aggregate whose events are ordered, such as `claim/` and its id."),
        "ce_streamversion": _header("Counts the events of this aggregate on this topic.", pattern="^[1-9][0-9]*$"),
        "ce_correlationid": _header("The request or file with which the story began."),
        "content-type": _header("How the value is written.", const=CONTENT_TYPE),
    }
    optional = {
        "ce_causationid": _header("The message that caused this one."),
        "ce_announcement": _header("The run in which an owner states everything again; only projections read it."),
        "ce_traceparent": _header("The trace (W3C Trace Context)."),
        "ce_tracestate": _header("The trace's state."),
    }
    key = {"type": "string", "minLength": 1, "description": about_the_key, "examples": [example]}
    return _trait(required, optional, {"key": key})


def _control_trait() -> dict[str, Any]:
    about = "What the relay says of the topic itself; the record has no key and stands on a partition that is named."
    return _trait({"ce_type": _header(about, enum=[type_ for _, type_, _ in _CONTROLS.values()])}, {}, {})


def _header(about: str, **form: Any) -> dict[str, Any]:
    return {"type": "string", **(form or {"minLength": 1}), "description": about}


def _trait(required: dict[str, Any], optional: dict[str, Any], binding: dict[str, Any]) -> dict[str, Any]:
    headers = {"type": "object", "required": list(required), "properties": required | optional}
    return {"headers": headers, "bindings": {"kafka": {**binding, "bindingVersion": KAFKA_BINDING}}}


def _key(topic: str) -> str:
    return topic.replace(".", "_")
