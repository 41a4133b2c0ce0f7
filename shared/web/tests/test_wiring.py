"""What a route asks its process for is of the kind that the route was written for, or nothing is given."""

import pytest
from fastapi import FastAPI, Request

from shared.persistence.unit_of_work import UnitOfWork
from shared.web.paging import Cursors
from shared.web.routing import unit_of, wired
from shared.web.tests.app import CURSORS


class AnotherUnit(UnitOfWork):
    """The unit of work of another service."""


def request(**state: object) -> Request:
    app = FastAPI()
    for name, value in state.items():
        setattr(app.state, name, value)
    return Request({"type": "http", "app": app, "headers": []})


async def test_what_was_wired_is_given() -> None:
    assert await wired("cursors", Cursors)(request(cursors=CURSORS)) is CURSORS


async def test_something_else_under_that_name_is_refused() -> None:
    with pytest.raises(TypeError, match="cursors is not a Cursors"):
        await wired("cursors", Cursors)(request(cursors=b"a key"))


async def test_a_unit_of_work_of_another_service_is_refused() -> None:
    with pytest.raises(TypeError, match="works with UnitOfWork, not with AnotherUnit"):
        await unit_of(AnotherUnit)(request(unit=UnitOfWork))
