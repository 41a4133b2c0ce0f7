"""The api rooms of the five services speak one dialect."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture.apps import APPS, document_of
from tests.architecture.dialect_api import (
    POST_VERBS,
    VERBS,
    hand_made_lists,
    lone_fields,
    odd_api_files,
    odd_dependencies,
    odd_routes,
)
from tests.architecture.tree import ROOT, python_files

Check = Callable[[Path, Iterable[str]], list[str]]
CHECKS: tuple[Check, ...] = (odd_api_files, lone_fields, odd_dependencies, hand_made_lists, odd_routes)

API = "services/claims/api"
FINE = {
    f"{API}/dependencies.py": "unit = unit_of(U)\nCommittedBeforeAnswer = Annotated[U, Depends(unit)]\nCipher = 1\n",
    f"{API}/fields.py": "Count = Annotated[int, Field(ge=0)]\n",
    f"{API}/claims.py": (
        "from services.claims.api.fields import Count\n"
        "router = APIRouter()\n"
        "class ClaimOut(Out):\n    count: Count\n"
        '@router.get("/v1/claims")\n'
        "async def list_claims(listing: Listing): return listing.page(await rows(listing.after_id), item=ClaimOut.of)\n"
    ),
    f"{API}/notices.py": (
        "from services.claims.api.fields import Count\n"
        "router = APIRouter()\n"
        '@router.post("/v1/notices")\n'
        "async def send_notice(body: NoticeIn): ...\n"
    ),
}
ROUTER = FINE[f"{API}/claims.py"]


def _found(check: Check, root: Path, changes: dict[str, str | None]) -> list[str]:
    tree = {path: text for path, text in {**FINE, **changes}.items() if text is not None}
    for path, text in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return check(root, list(tree))


@pytest.mark.parametrize("check", CHECKS)
def test_the_five_services_speak_it(check: Check) -> None:
    assert check(ROOT, python_files()) == []


@pytest.mark.parametrize("check", CHECKS)
def test_a_room_in_the_dialect_and_other_rooms_are_no_finding(tmp_path: Path, check: Check) -> None:
    elsewhere = {"services/claims/domain/models.py": "cursors = 1\n", "shared/web/paging.py": "cursors.page(1)\n"}
    assert _found(check, tmp_path, dict(elsewhere)) == []


@pytest.mark.parametrize("name", ["models.py", "lists.py", "schemas.py"])
def test_a_file_without_a_router_is_found(tmp_path: Path, name: str) -> None:
    found = _found(odd_api_files, tmp_path, {f"{API}/{name}": "class NoticeIn(In): ...\n"})
    assert [each.partition(":")[0] for each in found] == [f"{API}/{name}"]


def test_announcements_of_its_own_are_found(tmp_path: Path) -> None:
    text = 'router = announcement_router("claims", "every claim", unit, RepublishClaims)\n'
    assert _found(odd_api_files, tmp_path, {f"{API}/announcements.py": text}) == [
        f"{API}/announcements.py: builds the router of announcements; main.py does"
    ]


def test_a_field_that_one_router_uses_is_found(tmp_path: Path) -> None:
    alone = FINE[f"{API}/notices.py"].replace("from services.claims.api.fields import Count\n", "")
    said = [f"{API}/fields.py: Count is used by 1 routers"]
    assert _found(lone_fields, tmp_path, {f"{API}/notices.py": alone}) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "begins with nothing"),
        ("CommittedBeforeAnswer = 1\nunit = 2\n", "begins with CommittedBeforeAnswer, unit"),
        ("async def unit(request): ...\nCommittedBeforeAnswer = 1\n", "begins with CommittedBeforeAnswer"),
        ("unit = 1\nCipher = 2\nCommittedBeforeAnswer = 3\n", "begins with unit, Cipher"),
    ],
)
def test_dependencies_that_begin_otherwise_are_found(tmp_path: Path, text: str | None, said: str) -> None:
    path = f"{API}/dependencies.py"
    assert _found(odd_dependencies, tmp_path, {path: text}) == [f"{path}: {said}"]


@pytest.mark.parametrize(
    "line",
    [
        "from shared.web.paging import Cursors",
        "page = cursors.page(rows, paging, name)",
        "after = listing.cursors.read(cursor, name)",
        "async def list_them(cursors): ...",
        "listing = ListRequest(name, signed, 50, None)",
    ],
)
def test_a_list_that_is_made_by_hand_is_found(tmp_path: Path, line: str) -> None:
    found = _found(hand_made_lists, tmp_path, {f"{API}/claims.py": f"router = APIRouter()\n{line}\n"})
    assert [each.partition(": ")[0] for each in found] == [f"{API}/claims.py:2"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("list_claims", "claims", "claims is a get: list_ or read_"),
        ("list_claims", "add_claims", "add_claims is a get: list_ or read_"),
        ("router.get", "router.post", f"list_claims is a post: {' or '.join(POST_VERBS)}"),
        ("router.get", "router.put", "list_claims is a put: no verb"),
    ],
)
def test_a_route_with_another_verb_is_found(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = _found(odd_routes, tmp_path, {f"{API}/claims.py": ROUTER.replace(old, new)})
    assert found == [f"{API}/claims.py:6: {said}"]


def test_two_routes_of_one_name_are_found_in_a_service_and_not_between_two(tmp_path: Path) -> None:
    assert _found(odd_routes, tmp_path, {f"{API}/others.py": ROUTER}) == [
        f"{API}/others.py:6: list_claims stands at {API}/claims.py:6 too"
    ]
    assert _found(odd_routes, tmp_path, {"services/jobs/api/claims.py": ROUTER}) == []


@pytest.mark.parametrize("service", APPS)
def test_operation_ids_are_the_names_of_the_functions(service: str) -> None:
    operations = [each for path in document_of(service)["paths"].values() for each in path.items()]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(set(ids)) == len(ids)
    assert all(operation["operationId"].startswith(VERBS[method]) for method, operation in operations)
    assert not [each for each in ids if "_v1_" in each]
