"""Runs tests in lanes: processes that are forked of the one that collected them (decision 100).

A lane asks for a scope of tests, runs it, and tells of each test what pytest reports of it; the controller, which
collected, hands the scopes out and reports what it is told as if it had run the tests itself.
"""

import os
import signal
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import Pipe, connection
from pathlib import Path
from typing import Any, cast

import pytest

from deploy.local.processes import Identity, fork, reap, stop
from deploy.local.servers import tail

# The places of tests among those of the session, which one lane runs one after another.
Scope = Sequence[int]
_ENDS_WITHIN_S = 20


@dataclass
class _Forked:
    """A lane, as the controller knows it."""

    name: str
    process: Identity
    log: Path
    told_by: "connection.Connection[Any, Any]"
    # Readable once the process has ended, whoever else holds the other end of the connection.
    end: int
    left: deque[int] = field(default_factory=deque)
    test: str = ""
    waits: bool = False
    is_through: bool = False
    code: int | None = None

    def give(self, scope: Scope | None) -> None:
        """What it is to run, or that there is nothing more."""
        self.left, self.waits = deque(scope or ()), False
        with suppress(BrokenPipeError):
            self.told_by.send(scope)

    def has_ended(self) -> bool:
        """Whether its process has, whose exit code is known then."""
        self.code = reap(self.process.pid) if self.code is None else self.code
        return self.code is not None

    def close(self) -> None:
        """End it, whatever it is in."""
        stop([(self.process, signal.SIGTERM)], _ENDS_WITHIN_S)
        self.told_by.close()
        os.close(self.end)


class _Node:
    """By which pytest names the lane of a report; it knows those of pytest-xdist."""

    def __init__(self, lane: str) -> None:
        self.id = lane
        self.gateway = self
        self._workerinfocache = f"[{lane}]"


@dataclass
class Controller:
    """Hands out the scopes in their order, then those that run alone, one by one, while no lane is in a test.

    ``entered`` is called in each lane, with its name, before anything else.
    """

    session: pytest.Session
    scopes: deque[Scope]
    alone: deque[Scope]
    entered: Callable[[str], None]
    _lanes: list[_Forked] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def run(self, lanes: int) -> None:
        """Run all tests in so many lanes.

        Raises:
            pytest.Session.Failed: as many have failed as were to be waited for, or no lane is left.
        """
        # Tests of several files take turns in the report, so that none of the files is a heading.
        self._plugin("terminalreporter").showfspath = False
        try:
            for _ in range(lanes):
                self._fork()
            while self._lanes:
                self._listen()
                self._stop_if_told()
                for lane in [each for each in self._lanes if each.has_ended()]:
                    self._let_go(lane)
                self._serve()
            if left := sum(map(len, [*self.scopes, *self.alone])):
                raise self.session.Failed(f"no lane is left, and {left} tests were not run")
        finally:
            for lane in self._lanes:
                lane.close()

    def _plugin(self, name: str) -> Any:
        return self.session.config.pluginmanager.get_plugin(name)

    def _fork(self) -> None:
        name = f"lane{next(self._numbers)}"
        base: Path = self.session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        log, (ours, theirs) = base / f"{name}.log", Pipe()
        process = fork(lambda: self._in_lane(name, theirs, base / name), log)
        theirs.close()
        self._lanes.append(_Forked(name, process, log, ours, os.pidfd_open(process.pid)))

    def _in_lane(self, name: str, told: "connection.Connection[Any, Any]", temporary: Path) -> None:
        _settle(self.session.config, told, temporary)
        self.entered(name)
        _work(self.session, told)

    def _listen(self) -> None:
        """Hear what the lanes have to tell, as soon as one has."""
        connection.wait([each for lane in self._lanes for each in (lane.told_by, lane.end)])
        for lane in self._lanes:
            self._hear_out(lane)

    def _hear_out(self, lane: _Forked) -> None:
        with suppress(EOFError, ConnectionResetError):
            while lane.told_by.poll():
                self._hear(lane, *lane.told_by.recv())

    def _hear(self, lane: _Forked, what: str, *told: Any) -> None:
        hook = self.session.config.hook
        if what == "waits":
            lane.waits = True
        elif what == "began":
            (lane.test,) = told
            lane.left.popleft()
        elif what == "report":
            report = hook.pytest_report_from_serializable(config=self.session.config, data=told[0])
            self._report(lane, report)
        elif what == "ended":
            lane.test = ""
            hook.pytest_runtest_logfinish(nodeid=told[0], location=told[1])
        elif what == "warned":
            hook.pytest_warning_recorded.call_historic(kwargs=_as_recorded(*told))
        else:
            lane.is_through = True

    def _report(self, lane: _Forked, report: pytest.TestReport) -> None:
        report.node = _Node(lane.name)  # type: ignore[attr-defined]
        self.session.config.hook.pytest_runtest_logreport(report=report)

    def _let_go(self, lane: _Forked) -> None:
        """A lane that ends otherwise than it should is a failure; others go on with what it had."""
        self._hear_out(lane)
        self._lanes.remove(lane)
        lane.close()
        if lane.is_through and not lane.left and lane.code == 0:
            return
        test = lane.test or lane.name
        said = f"{lane.name} ended with {lane.code} {'in ' if lane.test else 'as '}{test}\n{tail(lane.log)}"
        where = (test.partition("::")[0], None, test)
        self._report(lane, pytest.TestReport(test, where, {}, "failed", said, "call"))
        if lane.left:
            self.scopes.appendleft(tuple(lane.left))
        # One that ends before it has run anything would end again.
        if lane.test:
            self._fork()

    def _serve(self) -> None:
        """Whoever waits gets what is next; when all wait, one gets what runs alone."""
        for lane in [each for each in self._lanes if each.waits]:
            if self.scopes:
                lane.give(self.scopes.popleft())
            elif not self.alone:
                lane.give(None)
            elif all(each.waits for each in self._lanes):
                lane.give(self.alone.popleft())

    def _stop_if_told(self) -> None:
        if self.session.shouldfail:
            raise self.session.Failed(self.session.shouldfail)
        if self.session.shouldstop:
            raise self.session.Interrupted(self.session.shouldstop)


class _Quiet:
    """Stands in a lane where the reporter stands, for those who look for where to write."""

    def __init__(self, writer: object) -> None:
        self._tw = writer


class _Telling:
    """Tells the controller what becomes of the tests of this lane."""

    def __init__(self, config: pytest.Config, told: "connection.Connection[Any, Any]") -> None:
        self._config = config
        self._told = told
        # What the controller was warned of before is said again to whoever is registered.
        self._before = True
        config.pluginmanager.register(self)
        self._before = False

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._told.send(("began", nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._told.send(("report", data))

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._told.send(("ended", nodeid, location))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: object
    ) -> None:
        if self._before:
            return
        told = (str(warning_message.message), warning_message.category.__name__)
        where = (warning_message.filename, warning_message.lineno)
        self._told.send(("warned", *told, *where, {"when": when, "nodeid": nodeid, "location": location}))


def _as_recorded(text: str, category: str, file: str, line: int, about: dict[str, Any]) -> dict[str, Any]:
    """A warning of a lane, whose class may be known there alone."""
    kind = type(category, (Warning,), {})
    return {"warning_message": warnings.WarningMessage(kind(text), kind, file, line), **about}


def _settle(config: pytest.Config, told: "connection.Connection[Any, Any]", temporary: Path) -> None:
    """Give a lane what two processes cannot share: what tests write into, their folders, and the report."""
    plugins = config.pluginmanager
    _capture_apart(plugins.get_plugin("capturemanager"))
    temporary.mkdir(mode=0o700)
    config._tmp_path_factory._basetemp = temporary  # type: ignore[attr-defined]
    reporter: Any = plugins.unregister(name="terminalreporter")
    plugins.register(_Quiet(reporter._tw), "terminalreporter")
    _Telling(config, told)


def _capture_apart(capture: Any) -> None:
    """Into files of the lane's own; what is written between tests goes where its process writes to, its log."""
    own = os.dup(1), os.dup(2)
    capture.stop_global_capturing()
    for place, file in enumerate(own, start=1):
        os.dup2(file, place)
        os.close(file)
    capture.start_global_capturing()
    capture.suspend_global_capture()


def _work(session: pytest.Session, told: "connection.Connection[Any, Any]") -> None:
    """Run what is given, until there is nothing more or as many have failed as were to be waited for."""
    while not (session.shouldfail or session.shouldstop) and (scope := _next(told)) is not None:
        _run(session, [session.items[place] for place in scope])
    session._setupstate.teardown_exact(None)
    told.send(("is through",))


def _run(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    """After the last one its module is torn down, and what the whole session shares is not."""
    for item, follower in zip(items, [*items[1:], cast(pytest.Item, session)], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=follower)
        if session.shouldfail or session.shouldstop:
            return


def _next(told: "connection.Connection[Any, Any]") -> Scope | None:
    told.send(("waits",))
    scope: Scope | None = told.recv()
    return scope
