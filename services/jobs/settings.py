"""What the processes of jobs read from their environment."""

from typing import ClassVar

from shared.process.settings import ServiceSettings


class JobsSettings(ServiceSettings):
    """The common settings; jobs holds no key of its own."""

    service: ClassVar[str] = "jobs"
