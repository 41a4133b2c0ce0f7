"""What operators are shown is the platform that there is: no alarm that cannot fire, none that nobody explains."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from deploy.local.jars import ROOTS
from deploy.local.zipkin import MAX_SPANS
from deploy.platform import COMPANIONS, PROCESSES
from shared.telemetry import metrics
from tests.architecture.compose import observers, soft
from tests.architecture.observe import (
    OPERATIONS,
    misshapen,
    never_missed,
    other_limits,
    reasons,
    undescribed,
    wrong_targets,
)
from tests.architecture.promql import ITS_OWN, expressions, families, metrics_in, rules
from tests.architecture.tree import ROOT

DECLARED = {family.name for family in metrics.REGISTRY.collect()} | {
    f"{family.name}_total" for family in metrics.REGISTRY.collect() if family.type == "counter"
}
RULES = rules(ROOT)
PAGE = (ROOT / OPERATIONS).read_text(encoding="utf-8")


def configuration() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy/observe/prometheus.yml").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("expression", expressions(ROOT))
def test_an_expression_names_metrics_that_there_are(expression: str) -> None:
    named = metrics_in(expression) - ITS_OWN
    assert {name for name in named if not families(name) & DECLARED} == set()
    assert metrics_in(expression)


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("jaring_parked_records > 0", {"jaring_parked_records"}),
        ('sum by (service) (rate(a_total{status=~"5..", x="b(c)"}[5m])) / on(service) b', {"a_total", "b"}),
        ("count(up{job='jaring'} == 0) or vector(0)", {"up"}),
        ("histogram_quantile(0.99, sum by (le) (rate(h_bucket[10m]))) > 2", {"h_bucket"}),
        ("a > bool 1 unless ignoring(x) b offset 5m", {"a", "b"}),
    ],
)
def test_the_names_in_an_expression_are_found(expression: str, named: set[str]) -> None:
    assert metrics_in(expression) - {"5m"} == named


def test_a_metric_that_there_is_not_is_found() -> None:
    assert not families("jaring_parked_record") & DECLARED
    assert families("jaring_http_request_seconds_bucket") & DECLARED


def test_prometheus_reads_every_process() -> None:
    assert wrong_targets(configuration()) == []


def test_a_process_that_is_not_read_is_found() -> None:
    changed = configuration()
    discovered = changed["scrape_configs"][0]["dns_sd_configs"]
    discovered[1]["port"] = 8103
    discovered[2]["type"] = "SRV"
    assert wrong_targets(changed) == [
        "not read: benefits-api:8103",
        "not read: claims-api:8102",
        "is no process: claims-api:8103",
    ]


def test_a_process_behind_whose_name_nothing_stands_is_missed() -> None:
    """Nobody answers for it, and so nothing would be down."""
    assert never_missed(RULES) == []
    broken = copy.deepcopy(RULES)
    away = next(rule for rule in broken if rule["alert"] == "ProcessAway")
    away["expr"] = away["expr"].replace('or absent(up{service="jobs", process="worker"})', "")
    assert never_missed(broken) == ["jobs-worker"]


def test_every_alarm_is_whole_and_says_what_a_process_says_at_the_same_limit() -> None:
    assert misshapen(RULES) == []
    assert len(reasons(ROOT)) >= 7
    assert other_limits(RULES, reasons(ROOT)) == []


def test_every_alarm_has_a_row_that_says_what_to_do() -> None:
    assert undescribed(RULES, PAGE) == []


def test_what_another_alarm_says_is_said_once() -> None:
    """Requests while a database is held, or away, are answered with 503: that is no defect, and has its own alarm."""
    alarms = {rule["alert"]: rule["expr"] for rule in RULES}
    assert "unavailable" not in alarms["ServerErrors"]
    excluded = {name for part in alarms["AnswersUnavailable"].split("unless")[1:] for name in metrics_in(part)}
    for other in ("DatabaseHeld", "DatabaseAway", "TokenKeysOld", "ConnectionsUsedUp"):
        assert metrics_in(alarms[other]) <= excluded


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another limit": (lambda rule: rule.update(expr="jaring_outbox_oldest_seconds > 61"), "outbox_waiting: jaring"),
    "another code": (lambda rule: rule["labels"].update(code="outbox_old"), "outbox_waiting: has no alarm"),
    "no severity": (lambda rule: rule["labels"].pop("severity"), "OutboxWaiting: without a severity"),
    "no summary": (lambda rule: rule.pop("annotations"), "OutboxWaiting: without a summary"),
    "no duration": (lambda rule: rule.update({"for": "soon"}), "OutboxWaiting: for soon"),
    "a key that is none": (lambda rule: rule.update(unless="x"), "OutboxWaiting: ['unless'] is no part"),
    "another name": (lambda rule: rule.update(alert="OutboxOld"), "OutboxOld: has no row"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_alarm_that_is_broken_is_found(name: str) -> None:
    broken, (change, said) = copy.deepcopy(RULES), BROKEN[name]
    change(next(rule for rule in broken if rule["alert"] == "OutboxWaiting"))
    found = misshapen(broken) + other_limits(broken, reasons(ROOT)) + undescribed(broken, PAGE)
    assert any(each.startswith(said) for each in found), found


def test_the_observers_are_held_as_tightly_as_the_platform_and_read_files_that_there_are() -> None:
    shown = observers(ROOT)
    own = {name: body for name, body in shown.items() if "image" in body}
    assert own.keys() == {"prometheus", "loki", "fluent-bit", "zipkin", "grafana"}
    assert soft(own) == []
    mounts = [volume.split(":")[0] for body in own.values() for volume in body.get("volumes", [])]
    assert [path for path in mounts if path.startswith("./") and not (ROOT / path).is_file()] == []
    published = [port for body in own.values() for port in body.get("ports", [])]
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_every_process_is_observed_and_zipkin_is_the_one_of_this_machine() -> None:
    shown = observers(ROOT)
    for process in PROCESSES:
        assert shown[process.name]["environment"]["JARING_TRACES"] == "zipkin_json"
    for process in (*PROCESSES, *COMPANIONS):
        assert shown[process.name]["logging"]["driver"] == "fluentd"
    assert shown["zipkin"]["image"].rpartition(":")[2] == ROOTS["zipkin"][0].split(":")[2]
    assert shown["zipkin"]["environment"]["MEM_MAX_SPANS"] == str(MAX_SPANS)
