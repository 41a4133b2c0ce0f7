"""Resumable uploads (tus 1.0): cut at any byte and resumed, two at once, checksums, faults of the whole, the end."""

import asyncio
import base64
import hashlib
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.registration.commands.drop_upload import CleanUpUploads, clean_up_uploads
from services.registration.files import contribution_csv, pieces
from services.registration.files.contribution_file import render
from services.registration.tests.support import AT_2480, OTHER_CODE, Register, line, months_at_2480, party_of
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock

PATH, WRITE, READ = "/v1/uploads", "registration:contribution_file:write", "registration:contribution_file:read"
TUS = {"tus-resumable": "1.0.0"}
PART = {"content-type": "application/offset+octet-stream"}
MAY = months_at_2480("2026-05")


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lines a piece."""
    for module in ("files.pieces", "files.parts", "commands.submit_contribution_statement"):
        monkeypatch.setattr(f"services.registration.{module}.LINES_IN_A_PIECE", 3)
    assert pieces.LINES_IN_A_PIECE == 3


def _said(**metadata: str) -> dict[str, str]:
    pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())
    return {"upload-metadata": ",".join(pairs)} if metadata else {}


async def _begin(register: Register, employer: str, length: int, part: bytes = b"", **metadata: str) -> httpx.Response:
    headers = {**TUS, **(PART if part else {}), "upload-length": str(length), **_said(**metadata)}
    return await register.as_party("POST", PATH, WRITE, party_of(employer), headers=headers, content=part)


async def _begun(register: Register, employer: str, length: int, **metadata: str) -> str:
    answer = await _begin(register, employer, length, b"", **metadata)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "0"), answer.text
    return answer.headers["location"]


async def _add(
    register: Register, employer: str, upload: str, offset: int, part: bytes, **more: str | bytes
) -> httpx.Response:
    headers = {**TUS, **PART, "upload-offset": str(offset), **more}
    return await register.as_party("PATCH", upload, WRITE, party_of(employer), headers=headers, content=part)


async def _offset(register: Register, employer: str, upload: str) -> int:
    answer = await register.as_party("HEAD", upload, WRITE, party_of(employer), headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


async def _state(register: Register, employer: str, upload: str) -> dict[str, Any]:
    answer = await register.as_party("GET", upload, READ, party_of(employer))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _kept(register: Register) -> int:
    rows = await register.rows(
        "SELECT (SELECT count(*) FROM upload_chunk) + (SELECT count(*) FROM contribution_piece)"
        " + (SELECT count(*) FROM contribution_upload)"
    )
    return int(rows[0][0])


@pytest.mark.parametrize("tenth", range(10))
async def test_a_file_cut_at_every_tenth_percent_is_resumed_and_is_the_posted_file(
    register: Register, tenth: int
) -> None:
    """The client asks how far it came and goes on; the job is that of the same file as it would have been posted."""
    employer, _ = await register.worker_of()
    place = len(MAY) * tenth // 10
    upload = await _begun(register, employer, len(MAY), format="combined_278", filename="mei 2026.txt")
    if place:
        assert (await _add(register, employer, upload, 0, MAY[:place])).status_code == 204
    assert await _offset(register, employer, upload) == place
    answer = await _add(register, employer, upload, place, MAY[place:])
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(MAY)))
    job = answer.headers["content-location"].rsplit("/", 1)[1]
    assert (await register.send(employer, MAY)).json()["file"] == job
    await register.work_off()
    found = (await register.job(job, party_of(employer))).json()
    assert (found["state"], found["accepted_lines"]) == ("accepted", 1)
    assert (await _state(register, employer, upload))["file"] == job
    assert await register.rows("SELECT 1 FROM upload_chunk") == []


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("size", [97, 280, 850, 4_000])
@pytest.mark.parametrize("format_", ["combined_278", "csv"])
async def test_a_large_file_is_cut_into_the_same_pieces_whatever_its_parts(
    register: Register, size: int, format_: str
) -> None:
    """Parts that end amid lines, at lines and behind several pieces: the same job as the same file posted."""
    employer, _ = await register.worker_of()
    lines = [line("2026-05", AT_2480), *(line("2026-05", AT_2480, id_=f"80010114567{n}") for n in range(9))]
    content = render(lines) if format_ == "combined_278" else contribution_csv.render(lines)
    totals = {"lines": "10", "amounts": "24800.00"}
    upload = await _begun(register, employer, len(content), format=format_, **totals)
    for start in range(0, len(content), size):
        answer = await _add(register, employer, upload, start, content[start : start + size])
        assert answer.status_code == 204, answer.text
    posted = await register.send(employer, content, params={"format": format_})
    assert posted.json()["file"] == upload.rsplit("/", 1)[1]
    await register.work_off()
    job = (await register.job(posted.json()["file"], party_of(employer))).json()
    assert (job["lines"], job["accepted_lines"], job["state"]) == (10, 1, "partly_rejected")
    assert len(await register.rows("SELECT 1 FROM contribution_piece")) == 4
    assert await register.rows("SELECT 1 FROM upload_chunk") == []


async def test_the_first_part_may_come_with_the_beginning(register: Register) -> None:
    """creation-with-upload: one request for all of a small file; the same key again answers alike."""
    employer, _ = await register.worker_of()
    answer = await _begin(register, employer, len(MAY), MAY)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(MAY)))
    assert answer.headers["content-location"].startswith("/v1/contribution-files/")


async def test_a_part_that_does_not_begin_where_the_upload_ends_is_409_and_changes_nothing(register: Register) -> None:
    """Two at once: the second of them finds the offset moved; also nothing may come behind the announced end."""
    employer, _ = await register.worker_of()
    upload = await _begun(register, employer, len(MAY))
    assert (await _add(register, employer, upload, 0, MAY[:100])).status_code == 204
    again = await _add(register, employer, upload, 0, MAY[:100])
    assert (again.status_code, again.json()["code"]) == (409, "upload_offset_differs")
    longer = await _add(register, employer, upload, 100, MAY)
    assert (longer.status_code, longer.json()["code"]) == (413, "upload_longer")
    assert await _offset(register, employer, upload) == 100
    assert (await _add(register, employer, upload, 100, MAY[100:])).status_code == 204
    over = await _add(register, employer, upload, len(MAY), b"x")
    assert (over.status_code, over.json()["code"]) == (409, "upload_over")


async def test_two_uploads_of_the_same_file_at_once_are_one_job(register: Register) -> None:
    employer, _ = await register.worker_of()
    uploads = [await _begun(register, employer, len(MAY)) for _ in range(2)]
    for offset in range(0, len(MAY), 100):
        answers = [await _add(register, employer, each, offset, MAY[offset : offset + 100]) for each in uploads]
    assert len({answer.headers["content-location"] for answer in answers}) == 1
    assert await register.rows("SELECT count(*) FROM contribution_upload") == [(1,)]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_part_without_its_checksum_is_not_kept(register: Register, algorithm: str) -> None:
    employer, _ = await register.worker_of()
    upload = await _begun(register, employer, len(MAY))
    digest = base64.b64encode(hashlib.new(algorithm, MAY).digest()).decode()
    damaged = MAY[:50] + b"x" + MAY[51:]
    refused = await _add(register, employer, upload, 0, damaged, **{"upload-checksum": f"{algorithm} {digest}"})
    assert (refused.status_code, refused.json()["code"]) == (460, "upload_checksum_differs")
    assert await _offset(register, employer, upload) == 0
    for wrong in (f"{algorithm} \xe9", f"{algorithm} x", "md5 x", ""):
        refused = await _add(register, employer, upload, 0, MAY, **{"upload-checksum": wrong.encode("latin-1")})
        assert (refused.status_code, refused.json()["code"]) == (400, "request_malformed"), wrong
    taken = await _add(register, employer, upload, 0, MAY, **{"upload-checksum": f"{algorithm} {digest}"})
    assert taken.status_code == 204


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(
    ("content", "code", "at"),
    [
        (MAY * 8 + MAY[:200], "contribution_file_line_length", 9),
        (MAY * 4 + MAY[:-3] + b"\r\n" + MAY * 4, "contribution_file_line_length", 5),
        (MAY * 3 + MAY.replace(b"F97", b"A97"), "contribution_file_mixed_employers", 4),
        (MAY * 4 + MAY.replace(b"F97", b"A97"), "contribution_file_mixed_employers", 5),
        (b"PK\x03\x04" + MAY * 4, "contribution_file_compressed", 1),
        (b"\xef\xbb\xbf" + MAY * 4, "contribution_file_encoding", 1),
        (MAY * 4 + MAY.replace(b"BIN", b"B\tN"), "contribution_file_encoding", 5),
        (b"x" * 5_000, "contribution_file_line_length", 1),
        (b"\r\n\r\n", "contribution_file_empty", None),
        (b"<html>" + b" " * 300, "contribution_file_markup", 1),
        (render([line("2026-05", AT_2480, code=OTHER_CODE)]) * 5, "contribution_file_foreign_employer", 1),
    ],
)
async def test_a_fault_of_the_whole_ends_the_upload_and_leaves_nothing_of_it(
    register: Register, content: bytes, code: str, at: int | None
) -> None:
    """With the code that a posted file gets, as soon as it is seen; the upload says it afterwards."""
    employer, _ = await register.worker_of()
    upload = await _begun(register, employer, len(content))
    for offset in range(0, len(content), 700):
        answer = await _add(register, employer, upload, offset, content[offset : offset + 700])
        if answer.status_code != 204:
            break
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    state = await _state(register, employer, upload)
    assert (state["state"], state["fault"]["code"], state["fault"]["line"]) == ("refused", code, at)
    assert await _kept(register) == 0
    assert await register.rows("SELECT 1 FROM contribution_file") == []


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("totals", [{"lines": "4"}, {"amounts": "1.00"}])
async def test_control_totals_refuse_the_whole(register: Register, totals: dict[str, str]) -> None:
    employer, _ = await register.worker_of()
    content = MAY * 5
    upload = await _begun(register, employer, len(content), **totals)
    answer = await _add(register, employer, upload, 0, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "contribution_file_control_total")
    assert await _kept(register) == 0


async def test_an_upload_that_is_too_large_is_refused_before_a_byte_of_it_comes(register: Register) -> None:
    employer, _ = await register.worker_of()
    answer = await _begin(register, employer, 5 << 30)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    assert await register.rows("SELECT 1 FROM upload") == []


async def test_one_party_has_so_many_open_uploads_and_another_its_own(
    register: Register, business_clock: BusinessClock
) -> None:
    """Of ten at once three are begun; one that is complete, taken back or over makes room for another."""
    register.service.app.state.settings = register.service.app.state.settings.model_copy(
        update={"most_open_uploads": 3}
    )
    employer, _ = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    begun = await asyncio.gather(*(_begin(register, employer, len(MAY)) for _ in range(10)))
    assert sorted(each.status_code for each in begun) == [201] * 3 + [409] * 7
    refused = next(each.json() for each in begun if each.status_code == 409)
    assert (refused["code"], refused["detail"]) == ("uploads_open", "At most 3 are open at once.")
    first, second, _ = (each.headers["location"] for each in begun if each.status_code == 201)
    assert (await _begin(register, other, len(MAY))).status_code == 201
    assert (await _add(register, employer, first, 0, MAY)).status_code == 204
    assert (await _begin(register, employer, len(MAY))).status_code == 201
    assert (await register.as_party("DELETE", second, WRITE, party_of(employer), headers=TUS)).status_code == 204
    assert (await _begin(register, employer, len(MAY))).status_code == 201
    assert (await _begin(register, employer, len(MAY))).status_code == 409
    business_clock.advance(hours=73)
    assert (await _begin(register, employer, len(MAY))).status_code == 201


async def test_nobody_else_sees_continues_or_ends_an_upload(register: Register) -> None:
    """Not another employer, and not an officer: for them there is none."""
    employer, _ = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    upload = await _begun(register, employer, len(MAY))
    for path in (upload, f"{PATH}/{uuid4()}"):
        for party in (party_of(other), ""):
            part = {**TUS, **PART, "upload-offset": "0"}
            for method, headers in (("GET", {}), ("HEAD", TUS), ("DELETE", TUS), ("PATCH", part)):
                scope = READ if method == "GET" else WRITE
                answer = await register.as_party(method, path, scope, party, headers=headers)
                assert answer.status_code == 404, (method, answer.text)
    assert await _offset(register, employer, upload) == 0


async def test_an_upload_is_taken_back_and_one_that_became_a_file_is_not(register: Register) -> None:
    employer, _ = await register.worker_of()
    upload = await _begun(register, employer, len(MAY))
    await _add(register, employer, upload, 0, MAY[:100])
    assert (await register.as_party("DELETE", upload, WRITE, party_of(employer), headers=TUS)).status_code == 204
    assert await _kept(register) == 0
    assert (await _add(register, employer, upload, 100, MAY[100:])).status_code == 404
    whole = (await _begin(register, employer, len(MAY), MAY)).headers["location"]
    kept = await register.as_party("DELETE", whole, WRITE, party_of(employer), headers=TUS)
    assert (kept.status_code, kept.json()["code"]) == (409, "upload_over")


@pytest.mark.usefixtures("small_pieces")
async def test_an_upload_whose_time_is_over_goes_with_its_pieces_and_a_file_keeps_its_own(
    register: Register, business_clock: BusinessClock
) -> None:
    employer, _ = await register.worker_of()
    lines = render([line("2026-05", AT_2480, id_=f"80010114567{n}") for n in range(7)])
    upload = await _begun(register, employer, len(lines))
    assert (await _add(register, employer, upload, 0, lines[:1_500])).status_code == 204
    whole = await _begun(register, employer, len(lines))
    assert (await _add(register, employer, whole, 0, lines)).status_code == 204
    business_clock.advance(hours=73)
    assert (await register.as_party("HEAD", upload, WRITE, party_of(employer), headers=TUS)).status_code == 404
    database, unit = register.service.worker.database, register.service.worker.work.unit
    async with database.begin(unit, Cause("test")) as uow:
        await clean_up_uploads(CleanUpUploads(), uow)
    assert await register.rows("SELECT 1 FROM upload") == []
    assert await register.rows("SELECT count(DISTINCT file), count(*) FROM contribution_piece") == [(1, 3)]


async def test_another_version_and_another_type_are_refused(register: Register) -> None:
    employer, _ = await register.worker_of()
    upload = await _begun(register, employer, len(MAY))
    old = await _add(register, employer, upload, 0, MAY, **{"tus-resumable": "0.2.2"})
    assert (old.status_code, old.json()["code"]) == (412, "upload_version_unsupported")
    typed = await _add(register, employer, upload, 0, MAY, **{"content-type": "text/plain"})
    assert (typed.status_code, typed.json()["code"]) == (415, "upload_part_type")
    unread = {**TUS, "upload-length": "10", "upload-metadata": "format !!!"}
    answer = await register.as_party("POST", PATH, WRITE, party_of(employer), headers=unread)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_a_part_whose_client_is_cut_off_is_kept_as_far_as_it_came(register: Register) -> None:
    """Of 280 bytes 100 come, then the connection is gone: nobody hears an answer, and the client goes on from 100."""
    employer, _ = await register.worker_of()
    upload = await _begun(register, employer, len(MAY))
    token = register.service.issuer.token([WRITE], party=party_of(employer), role="partner")
    headers = {**TUS, **PART, "upload-offset": "0", "content-length": str(len(MAY)), "authorization": f"Bearer {token}"}
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": upload,
        "raw_path": upload.encode(),
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("test", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    came = iter([{"type": "http.request", "body": MAY[:100], "more_body": True}])

    async def receive() -> dict[str, Any]:
        return next(came, {"type": "http.disconnect"})

    async def send(_: Any) -> None:
        """To nobody."""

    await register.service.app(scope, receive, send)
    assert await _offset(register, employer, upload) == 100
    assert (await _add(register, employer, upload, 100, MAY[100:])).status_code == 204
