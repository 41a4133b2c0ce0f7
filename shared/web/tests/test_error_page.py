"""Every error that a partner may meet stands on the error page, in English and in Malay."""

import re

import pytest

from shared.kernel.errors import JaringError, Kind
from shared.web import malay
from shared.web.error_page import ROOT, declared_errors, page
from shared.web.problems import STATUS
from shared.web.validation import DETAILS

ERRORS = declared_errors()
SERVICES = ("registration", "claims", "benefits", "rehab", "jobs")


def test_the_shared_rooms_and_all_services_are_looked_through() -> None:
    homes = {".".join(error.__module__.split(".")[:2]) for error in ERRORS}
    assert {f"services.{name}" for name in SERVICES} <= homes
    assert {"shared.kernel", "shared.law", "shared.security", "shared.web"} <= homes
    assert not [error for error in ERRORS if ".tests." in error.__module__]


def test_a_code_belongs_to_one_class() -> None:
    codes = [error.code for error in ERRORS]
    assert sorted(set(codes)) == codes


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_an_error_has_a_malay_title_of_its_own(error: type[JaringError]) -> None:
    assert error.__dict__.get("title_ms"), f"{error.__module__}.{error.__name__} has no title_ms"
    assert error.title_ms != error.title


def test_no_two_codes_have_the_same_malay_title() -> None:
    titles = [error.title_ms for error in ERRORS]
    assert sorted(set(titles)) == sorted(titles)


def test_the_committed_page_has_a_row_for_each_code_with_its_status() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.M)
    assert rows == [(error.code, str(STATUS[error.kind])) for error in ERRORS]


def test_a_row_names_the_service_that_raises_it_and_keeps_the_table_whole() -> None:
    planted = type(
        "Planted",
        (JaringError,),
        {
            "__module__": "services.jobs.tests.planted",
            "code": "planted_for_the_page",
            "title": "This | that",
            "title_ms": "Ini",
            "kind": Kind.CONFLICT,
            "hint": "Wait.",
        },
    )
    assert "| `planted_for_the_page` | 409 | This \\| that | Ini | jobs | Wait. |\n" in page([planted])


def test_every_code_of_a_bad_member_is_on_the_page_and_has_malay() -> None:
    assert all(f"| `{code}` | {detail} | {malay.FIELDS[code]} |\n" in page([]) for code, detail in DETAILS.items())
    assert set(malay.FIELDS) == set(DETAILS)
    assert set(malay.DETAILS) <= {error.code for error in ERRORS}
