"""A refused choice names those that there are, for every choice in every request of every service."""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.web.validation import field_errors
from tests.architecture.apps import APPS

WRONG = "no such choice"


def values_of(annotation: Any) -> list[str]:
    """The values of an enum or of a literal of texts; none of anything else."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(each.value) for each in annotation]
    return [str(each) for each in get_args(annotation)] if get_origin(annotation) is Literal else []


def choices_in(annotation: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every choice in a type and in the models in it, with where it stands."""
    if values_of(annotation):
        yield where, annotation
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield from choices_in(field.annotation, f"{where}.{name}")
    else:
        parts = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
        for part in parts:
            yield from choices_in(part, where)


def choices() -> Iterator[tuple[str, Any]]:
    """Every choice of every request: in bodies, in queries, in paths."""
    for service, app in APPS.items():
        for context in iter_route_contexts(app.routes):
            if isinstance(context.original_route, APIRoute):
                yield from _of_route(context.original_route, f"{service} {context.path}")


def _of_route(route: APIRoute, where: str) -> Iterator[tuple[str, Any]]:
    dependants = [route.dependant]
    while dependants:
        dependant = dependants.pop()
        dependants += dependant.dependencies
        for field in (*dependant.body_params, *dependant.query_params, *dependant.path_params):
            yield from choices_in(field.field_info.annotation, f"{where} {field.alias}")


CHOICES = dict(choices())


def test_there_are_choices_in_bodies_and_in_queries() -> None:
    assert "claims /v1/notices body.place" in CHOICES
    assert "benefits /v1/bank-files state" in CHOICES
    assert len(CHOICES) > 8


@pytest.mark.parametrize("where", CHOICES)
def test_a_refused_choice_names_those_that_there_are(where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(CHOICES[where]).validate_python(WRONG)
    [wrong] = field_errors([{**each, "loc": ("body", "x")} for each in refused.value.errors()])
    assert wrong.code == "not_in_list"
    assert list(wrong.allowed) == values_of(CHOICES[where])
