"""Yes, no and whole numbers are what JSON has: no request model takes what pydantic would take for them.

"yes" for a boolean took a worker out of both Acts, by a field that is published as a boolean.
"""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic.types import Strict

from services.registration.api.events import EmployeeHired
from shared.web.fields import Flag, Whole
from shared.web.money import In
from tests.hostile.test_text import BUILDS


def _models(of: type[In] = In) -> Iterator[type[In]]:
    for each in of.__subclasses__():
        yield each
        yield from _models(each)


def _is_strict(metadata: object) -> bool:
    if isinstance(metadata, FieldInfo):
        return any(_is_strict(each) for each in metadata.metadata)
    return isinstance(metadata, Strict) and metadata.strict


def _lax(annotation: Any, *, strict: bool) -> bool:
    """Whether a bare boolean or whole number stands anywhere in a type."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        return _lax(inner, strict=strict or any(map(_is_strict, metadata)))
    if annotation in (bool, int):
        return not strict
    return any(_lax(each, strict=False) for each in get_args(annotation) if not isinstance(each, str | int))


def _lax_fields(models: set[type[In]]) -> list[str]:
    return sorted(
        f"{model.__module__}.{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if _lax(field.annotation, strict=any(map(_is_strict, field.metadata)))
    )


def test_no_request_model_takes_other_words_for_yes_and_no_nor_texts_for_numbers() -> None:
    assert len(BUILDS) == 5, "all services are imported"
    ours = {
        each
        for each in _models()
        if each.__module__.startswith(("services.", "shared.")) and "tests" not in each.__module__
    }
    assert len(ours) > 80
    assert _lax_fields(ours) == []


class _Planted(In):
    flag: Flag
    word: bool
    maybe: bool | None = None
    some: list[Annotated[int, Field(ge=1)]] = Field(max_length=3)
    whole: list[Whole] = Field(max_length=3)
    none: Flag | None = None


def test_a_bare_one_is_found() -> None:
    assert [each.rpartition(".")[2] for each in _lax_fields({_Planted})] == ["maybe", "some", "word"]


@pytest.mark.parametrize("said", ["yes", "off", "true", 1, 0])
def test_a_boolean_is_true_or_false(said: object) -> None:
    hired = {
        "national_id": {"kind": "mykad", "number": "900101145678"},
        "name": "Ahmad bin Ali",
        "born_on": "1990-01-01",
        "residence": "citizen",
        "started_on": "2026-07-01",
    }
    assert EmployeeHired.model_validate({**hired, "spouse_of_employer": True}).spouse_of_employer is True
    with pytest.raises(ValidationError, match="bool"):
        EmployeeHired.model_validate({**hired, "spouse_of_employer": said})
