"""The AsyncAPI 3.0 document of the platform: its topics, the messages on them, who sends and who receives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.contracts.envelope import CONTENT_TYPE, SPEC_VERSION, Event
from shared.contracts.heartbeat import HEARTBEAT_TYPE, Heartbeat
from shared.contracts.json_schema import HEARTBEAT_PATH, schema_path
from shared.contracts.registry import EVENTS
from shared.contracts.topics import TOPICS, Topic

PRODUCTION_REPLICAS = 3
IN_SYNC_REPLICAS = 2
KAFKA_BINDING = "0.5.0"
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_TEXT = {"type": "string", "minLength": 1}
_INSTANT = {"type": "string", "format": "date-time"}
_IDENTIFIER = {"type": "string", "format": "uuid"}


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
            "messageTraits": {"event": _event_headers(), "heartbeat": _heartbeat_headers()},
            "tags": {service: _tag(service) for service in _services()},
        },
    }


def _info() -> dict[str, Any]:
    return {
        "title": "Jaring events",
        "version": "1.0.0",
        "description": "What the services of Jaring tell each other, as CloudEvents 1.0 in Kafka's binary mode. "
        "Only the events of one aggregate on one topic are ordered; every consumer bears repeats.",
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


def _messages_by_name() -> dict[str, type[Event] | type[Heartbeat]]:
    return {event.__name__: event for event in EVENTS} | {"Heartbeat": Heartbeat}


def _names_on(topic: Topic) -> list[str]:
    return [event.__name__ for event in EVENTS if event.topic is topic] + ["Heartbeat"]


def _message(name: str) -> dict[str, Any]:
    model = _messages_by_name()[name]
    if issubclass(model, Event):
        type_, trait, path = model.type(), "event", schema_path(model)
    else:
        type_, trait, path = HEARTBEAT_TYPE, "heartbeat", HEARTBEAT_PATH
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


def _event_headers() -> dict[str, Any]:
    required = {
        "ce_specversion": {"type": "string", "const": SPEC_VERSION},
        "ce_id": _IDENTIFIER,
        "ce_source": _TEXT,
        "ce_type": _TEXT,
        "ce_time": _INSTANT,
        "ce_subject": _TEXT,
        "ce_streamversion": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "ce_correlationid": _TEXT,
        "content-type": {"type": "string", "const": CONTENT_TYPE},
    }
    optional = dict.fromkeys(("ce_causationid", "ce_announcement", "ce_traceparent", "ce_tracestate"), _TEXT)
    return _headers(required, optional)


def _heartbeat_headers() -> dict[str, Any]:
    return _headers({"ce_type": {"type": "string", "const": HEARTBEAT_TYPE}}, {})


def _headers(required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    headers = {"type": "object", "required": list(required), "properties": required | optional}
    return {"headers": headers, "bindings": {"kafka": {"key": _TEXT, "bindingVersion": KAFKA_BINDING}}}


def _key(topic: str) -> str:
    return topic.replace(".", "_")
