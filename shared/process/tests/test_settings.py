"""A value that is missing, left over or wrong stops the start, and is not shown while it does."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import ValidationError

from shared.process.settings import Key, ServiceSettings
from shared.web.limits import Limits

SECRET = "s3cr3t-value"
KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {
    "JARING_ENVIRONMENT": "production",
    "JARING_DATABASE_URL": f"postgresql://claims_api:{SECRET}@10.0.0.1:5432/claims",
    "JARING_KAFKA": "10.0.0.1:9092",
    "JARING_HTTP_PORT": "8101",
    "JARING_TOKEN_ISSUER": "https://issuer.internal",
    "JARING_TOKEN_KEYS": "https://issuer.internal/jwks.json",
    "JARING_CURSOR_KEY": KEY,
    "JARING_FIELD_KEY": KEY,
}


class Settings(ServiceSettings):
    """The settings of a service with a key of its own."""

    service: ClassVar[str] = "claims"

    field_key: Key


def start(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, str | None]) -> Settings:
    """Start with the good environment, changed; None takes a variable away."""
    for name, value in {**GOOD, **changes}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return Settings()


def refusal(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, str | None]) -> str:
    """What the start says when it refuses."""
    with pytest.raises(ValidationError) as refused:
        start(monkeypatch, changes)
    return str(refused.value)


def test_a_good_environment_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, {})
    assert settings.cursor_key == bytes(range(32))
    assert settings.audience == "jaring-claims"


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_value_stops_the_start_and_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert name.removeprefix("JARING_").lower() in refusal(monkeypatch, {name: None})


@pytest.mark.parametrize("left_over", ["changeme", "CHANGE_ME", "change-me", "<password>", "secret", "Placeholder"])
def test_a_placeholder_stops_the_start(monkeypatch: pytest.MonkeyPatch, left_over: str) -> None:
    for name in ("JARING_KAFKA", "JARING_TOKEN_ISSUER", "JARING_TOKEN_KEYS"):
        assert "a placeholder is left here" in refusal(monkeypatch, {name: left_over})
    url = f"postgresql://claims_api:{left_over}@10.0.0.1:5432/claims"
    said = refusal(monkeypatch, {"JARING_DATABASE_URL": url})
    assert "a placeholder is left here" in said
    assert "claims_api" not in said


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("JARING_CURSOR_KEY", base64.b64encode(SECRET.encode()).decode()),
        ("JARING_FIELD_KEY", f"{SECRET} is no base64"),
        ("JARING_FIELD_KEY", f"{SECRET}-é"),
        ("JARING_FIELD_KEY", "<key>"),
        ("JARING_FIELD_KEY", ""),
        ("JARING_HTTP_PORT", SECRET),
        ("JARING_ENVIRONMENT", SECRET),
        ("JARING_TRACES", SECRET),
        ("JARING_LOG_LEVEL", SECRET),
        ("JARING_TRACE_RATIO", SECRET),
        ("JARING_TRACE_RATIO", "1.5"),
        ("JARING_POOL_SIZE", SECRET),
        ("JARING_DATABASE_URL", f"postgresql://claims_api:{SECRET}\u2100@10.0.0.1:5432/claims"),
        ("JARING_DATABASE_URL", f"postgresql://claims_api:{SECRET}@[10.0.0.1/claims"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, wrong: str) -> None:
    said = refusal(monkeypatch, {name: wrong})
    assert name.removeprefix("JARING_").lower() in said
    assert SECRET not in said
    assert not wrong or wrong not in said


def test_a_deployment_states_what_has_no_default_and_what_is_marked() -> None:
    """Whatever a service adds without a default turns up by itself; pool and pauses keep theirs."""
    assert set(Settings.stated()) == {
        *GOOD,
        *("JARING_TOPIC_PREFIX", "JARING_HTTP_HOST", "JARING_MEMBER"),
        *("JARING_LOG_LEVEL", "JARING_TRACES", "JARING_TRACE_RATIO"),
    }
    assert len(Settings.stated()) == len(ServiceSettings.stated()) + 1


def test_every_limit_is_a_setting_and_stands_on_the_operators_page(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, {"JARING_LIMITS__HEAD_BYTES": "1000", "JARING_LIMITS__BODY_SECONDS": "0.5"})
    assert settings.limits == Limits(head_bytes=1000, body_seconds=0.5)
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `([a-z_]+)` \| ([0-9]+) \|", page, re.MULTILINE))
    assert stated.items() >= {name: str(value) for name, value in Limits()}.items()


@pytest.mark.parametrize(
    "wrong", [("HEAD_BYTES", "0"), ("HEAD_BYTES", "many"), ("BODY_SECONDS", "-1"), ("HED_BYTES", "1")]
)
def test_a_limit_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, str]) -> None:
    name, value = wrong
    assert name.lower() in refusal(monkeypatch, {f"JARING_LIMITS__{name}": value})


def test_settings_never_show_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, {})
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump(mode="json"))):
        assert SECRET not in shown
        assert repr(bytes(range(32)))[2:-1] not in shown
        assert KEY not in shown


def test_settings_do_not_change_after_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, {})
    with pytest.raises(ValidationError):
        settings.kafka = "elsewhere"  # type: ignore[misc]


def test_each_of_several_processes_has_a_port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    several = {"JARING_HTTP_PROCESSES": "3", "JARING_METRICS_PORT": "9101"}
    assert start(monkeypatch, several).metrics_ports == (9101, 9102, 9103)
    assert start(monkeypatch, {"JARING_HTTP_PROCESSES": "1"}).metrics_ports == ()
    assert "metrics_port" in refusal(monkeypatch, {"JARING_HTTP_PROCESSES": "2", "JARING_METRICS_PORT": None})
    assert "http_port" in refusal(monkeypatch, {**several, "JARING_METRICS_PORT": "8100"})
