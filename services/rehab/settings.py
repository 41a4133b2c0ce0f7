"""What the processes of rehab read from their environment."""

from typing import ClassVar

from shared.process.settings import ServiceSettings


class RehabSettings(ServiceSettings):
    """The common settings; rehab holds no key of its own."""

    service: ClassVar[str] = "rehab"
