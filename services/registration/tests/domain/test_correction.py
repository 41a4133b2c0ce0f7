"""What may be stated of a person, by whom, and what a MyKad's number says of a birth."""

from datetime import UTC, date, datetime

import pytest

from services.registration.domain.correction import (
    CONTACT,
    RESIDENCES,
    Attribute,
    Correction,
    Days,
    Reason,
    StatedBy,
    What,
    birth_by_id,
    check_stated,
)
from services.registration.domain.errors import (
    AttributeOfOfficers,
    FactDaysUnfit,
    FactValueInvalid,
)
from services.registration.domain.ssfw import ssfw_number
from shared.contracts.registration import Residence
from shared.kernel.identifiers import new_id
from shared.security.errors import NationalIdInvalid
from shared.security.national_id import IdKind, NationalId

TODAY = date(2026, 7, 20)
AT = datetime(2026, 7, 20, tzinfo=UTC)


def _stated(attribute: Attribute, value: str, tenant: str, *, days: Days | None = None) -> Correction:
    officer = "officer-1" if tenant.startswith("organisation") else None
    by = StatedBy(tenant, AT, officer)
    head = (new_id(), 1, What.FACT, attribute, days or Days(), value, None, Reason.MISSPELT, None)
    return Correction(*head, by)


@pytest.mark.parametrize(
    ("number", "born_on", "told"),
    [
        ("900101145678", date(1990, 1, 1), None),
        ("900101145678", date(1990, 1, 2), date(1990, 1, 1)),
        ("050607145678", date(2005, 7, 6), date(2005, 6, 7)),
        ("050607145678", date(1906, 6, 7), date(1905, 6, 7)),
        # A number that tells no day that there is says nothing.
        ("900230145678", date(1990, 3, 1), None),
    ],
)
def test_a_mykad_tells_a_birth_of_the_nearest_century(number: str, born_on: date, told: date | None) -> None:
    assert birth_by_id(IdKind.MYKAD, number, born_on) == told


def test_the_residences_are_those_of_the_contract() -> None:
    assert set(RESIDENCES) == {*Residence}


def test_no_other_kind_of_id_tells_a_birth() -> None:
    assert birth_by_id(IdKind.SSFW, "900101145678", date(1980, 5, 5)) is None


@pytest.mark.parametrize("tenant", ["employer:1", "person:1", "hospital:1"])
@pytest.mark.parametrize("attribute", [Attribute.BORN_ON, Attribute.RESIDENCE])
def test_only_officers_state_a_birth_and_a_residence(tenant: str, attribute: Attribute) -> None:
    with pytest.raises(AttributeOfOfficers):
        check_stated(_stated(attribute, "1990-01-01", tenant), TODAY)


def test_what_counts_at_once_is_where_the_person_or_an_officer_says_that_it_is_reached() -> None:
    at_once = {
        (attribute, tenant)
        for attribute in Attribute
        for tenant in ("organisation:1", "person:1", "employer:1")
        if _stated(attribute, "X", tenant).counts_at_once
    }
    assert at_once == {(each, tenant) for each in CONTACT for tenant in ("organisation:1", "person:1")}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (Attribute.EMAIL, "ahmad.example.org"),
        (Attribute.EMAIL, "a@b c"),
        (Attribute.TELEPHONE, "at home"),
        (Attribute.TELEPHONE, "1"),
    ],
)
def test_an_email_and_a_telephone_are_written_as_such(attribute: Attribute, value: str) -> None:
    with pytest.raises(FactValueInvalid):
        check_stated(_stated(attribute, value, "person:1"), TODAY)
    for sound in ("ahmad@example.org",) if attribute is Attribute.EMAIL else ("+60 12-345 6789", "03 1234 5678"):
        check_stated(_stated(attribute, sound, "employer:1"), TODAY)


@pytest.mark.parametrize(
    "days", [Days(date(2026, 7, 21)), Days(date(2026, 2, 1), date(2026, 1, 31)), Days(None, date(2020, 1, 1))]
)
def test_a_birth_has_no_days_and_no_fact_begins_in_the_future(days: Days) -> None:
    with pytest.raises(FactDaysUnfit):
        check_stated(_stated(Attribute.BORN_ON, "1990-01-01", "organisation:1", days=days), TODAY)


def test_no_number_that_is_issued_is_a_mykads() -> None:
    """Digits three and four are no month."""
    issued = ssfw_number(1)
    assert NationalId(IdKind.SSFW, issued).number == issued == "900000000001"
    with pytest.raises(NationalIdInvalid):
        NationalId(IdKind.MYKAD, issued)
    with pytest.raises(OverflowError):
        ssfw_number(10**8)


def test_nothing_of_what_is_stated_is_shown_where_it_is_printed() -> None:
    assert "Zainal" not in repr(_stated(Attribute.NAME, "Zainal", "organisation:1"))
