"""The keys under which a service of the local platform seals: the current one, those beside it, those in escrow."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.state import State, key, replace

# The services that seal, with the id of their first key.
FIRST = {"registration": "1", "benefits": "benefits-1", "claims": "claims-1"}

Key = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys by their ids, in the order in which they were made; each with a `field` key and an `index` key.

    `unfinished` is the step after which not every process is known to have started with the keys as they are now.
    """

    current: str
    keys: Mapping[str, Key]
    unfinished: str = ""


def ring_of(state: State, service: str) -> Ring:
    """The keys as they are: the first pair until they are rotated."""
    path = _ring(state, service)
    if path.exists():
        return Ring(**json.loads(path.read_text()))
    pair = {"field": key(state, f"{service}-field-key"), "index": key(state, f"{service}-blind-index-key")}
    return Ring(FIRST[service], {FIRST[service]: pair})


def keep_ring(state: State, service: str, ring: Ring) -> None:
    """From the next start of a process on it has these."""
    replace(_ring(state, service), json.dumps(asdict(ring), indent=1))


def ring_settings(state: State, service: str) -> dict[str, str]:
    """What a process is told of its keys once they were rotated; nothing before, and of others nothing."""
    if service not in FIRST or not _ring(state, service).exists():
        return {}
    ring = ring_of(state, service)
    current = ring.keys[ring.current]
    others = {id_: dict(each) for id_, each in ring.keys.items() if id_ != ring.current}
    told = {
        "JARING_FIELD_KEY": current["field"],
        "JARING_FIELD_KEY_ID": ring.current,
        "JARING_OTHER_KEYS": json.dumps(others),
    }
    if service == "registration":
        # Documents are found by the first one for good.
        told["JARING_BLIND_INDEX_KEY"] = current["index"]
        told["JARING_DOCUMENT_INDEX_KEY"] = key(state, "registration-blind-index-key")
    return told


def escrowed(state: State, service: str) -> dict[str, Key]:
    """The keys that were retired."""
    path = _escrow(state, service)
    found: dict[str, Key] = json.loads(path.read_text()) if path.exists() else {}
    return found


def put_in_escrow(state: State, service: str, ring: Ring, ids: Collection[str]) -> None:
    """Keep what is retired: a backup may stand under it."""
    kept = escrowed(state, service) | {id_: ring.keys[id_] for id_ in ids}
    replace(_escrow(state, service), json.dumps(kept, indent=1))


def _ring(state: State, service: str) -> Path:
    return state.secrets / f"{service}-key-ring"


def _escrow(state: State, service: str) -> Path:
    return state.secrets / f"{service}-key-escrow"
