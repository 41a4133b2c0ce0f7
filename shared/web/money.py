"""Money as partners see it, and the base models of requests and answers."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.kernel.money import LARGEST_STATED, Sen, ringgit, sen_from_ringgit

# What is taken, up to LARGEST_STATED, and what can be shown: any sum that a column of type bigint holds.
_STATED_AMOUNT = r"^(0|[1-9][0-9]{0,7})\.[0-9]{2}$"
_AMOUNT = r"^(0|[1-9][0-9]{0,16})\.[0-9]{2}$"
_SIGNED_AMOUNT = r"^-?(0|[1-9][0-9]{0,16})\.[0-9]{2}$"


class In(BaseModel):
    """Base of every request model: an unknown field is refused, texts are stripped and have at most 500 characters."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, str_max_length=500, hide_input_in_errors=True
    )


def examples(*bodies: dict[str, JsonValue]) -> ConfigDict:
    """Whole bodies that are valid, for the documents: ``model_config = examples({...})``. Together they show every
    member; tests send each."""
    return ConfigDict(json_schema_extra={"examples": list(bodies)})


class Out(BaseModel):
    """Base of every answer model: it lists its fields, so a column that is added later does not leak."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Money(In):
    """An amount of zero or more, in ringgit with two decimals outside and in sen inside; for answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "158.67", "currency": "MYR"}]})

    amount: str = Field(pattern=_AMOUNT, max_length=20, description="Ringgit with two decimals.", examples=["158.67"])
    currency: Literal["MYR"] = Field(description="Always MYR.", examples=["MYR"])

    @property
    def sen(self) -> Sen:
        """The amount in sen, exactly."""
        return sen_from_ringgit(self.amount)

    @classmethod
    def of(cls, sen: Sen) -> Self:
        """From sen; raise pydantic's ValidationError below zero (see `SignedMoney`)."""
        return cls(amount=ringgit(sen), currency="MYR")


class StatedMoney(Money):
    """An amount that somebody states: zero or more, and no larger than one amount can be; for requests."""

    amount: str = Field(
        pattern=_STATED_AMOUNT,
        max_length=len(ringgit(LARGEST_STATED)),
        description=f"Ringgit with two decimals, at most {ringgit(LARGEST_STATED)}.",
        examples=["2480.00"],
    )


class SignedMoney(Money):
    """An amount that may be below zero, such as a balance; for answers."""

    amount: str = Field(
        pattern=_SIGNED_AMOUNT, max_length=21, description="Ringgit with two decimals, may be negative."
    )
