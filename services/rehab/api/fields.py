"""Fields that two routers share."""

from typing import Annotated

from pydantic import Field

from shared.web.fields import ONE_LINE

Schedule = Annotated[
    str,
    Field(
        min_length=3,
        max_length=200,
        description="The schedule that sets the cap: instrument, rate and unit, never a person's name.",
        examples=["Set rates of 2026, physiotherapy, a session"],
    ),
    ONE_LINE,
]
