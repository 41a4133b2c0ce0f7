"""The parts of a worker are put together so that each hears of what the others left."""

import base64
from typing import ClassVar

from shared.persistence.unit_of_work import UnitOfWork
from shared.process.settings import ServiceSettings
from shared.process.worker import Work, Worker


class JobsSettings(ServiceSettings):
    """The settings of some service."""

    service: ClassVar[str] = "jobs"


def test_what_a_worker_commits_nudges_its_relay_and_its_runner() -> None:
    settings = JobsSettings(
        environment="test",
        database_url="postgresql://jobs_worker:4f2c@127.0.0.1:1/jobs",
        kafka="127.0.0.1:1",
        http_port=0,
        token_issuer="http://127.0.0.1:1",
        token_keys="keys.json",
        cursor_key=base64.b64encode(bytes(32)),
    )
    worker: Worker[UnitOfWork] = Worker(settings, Work(UnitOfWork))
    assert worker.database.nudged == [worker.relay.nudged, worker.runner.nudged]
