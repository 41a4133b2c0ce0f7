"""A partner of a service whose database is put back: it notes what it sent, and sends it again as the runbook asks."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.prove.partner import Partner


@dataclass(frozen=True)
class Sent:
    """A write that was answered with a 2xx."""

    at: float
    service: str
    method: str
    path: str
    party: str
    headers: Mapping[str, str]
    content: Mapping[str, Any]
    answer: Mapping[str, Any]


class Repeating(Partner):
    """A partner that can send again what it sent, and then goes by the references of the new answers."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.writes: list[Sent] = []
        self.replaced: dict[str, str] = {}

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        party: str,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """Send, by the newest references, and note a write that was taken."""
        at = time.monotonic()
        for old, new in self.replaced.items():
            path = path.replace(old, new)
        answer = await super().call(service, method, path, party=party, headers=headers, **content)
        if method == "POST" and answer.is_success:
            self.writes.append(Sent(at, service, method, path, party, dict(headers or {}), content, answer.json()))
        return answer

    async def send_again(self, service: str, since: float) -> list[tuple[Sent, httpx.Response]]:
        """All that was sent to a service since an instant, in its order; the answers beside the first ones."""
        again = [each for each in self.writes if each.service == service and each.at >= since]
        answers = []
        for sent in again:
            answer = await Partner.call(
                self, sent.service, sent.method, sent.path, party=sent.party, headers=sent.headers, **sent.content
            )
            answers.append((sent, answer))
            # A file that was lost has another number when it comes again; a claim goes on under its own.
            if answer.is_success and "file" in sent.answer:
                self.replaced[sent.answer["file"]] = answer.json()["file"]
        return answers


def said(answer: httpx.Response) -> str:
    """An answer in a line."""
    return f"{answer.status_code} {json.dumps(answer.json())[:300]}"
