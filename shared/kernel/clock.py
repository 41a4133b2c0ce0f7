"""The one place that asks the machine what time it is.

Instants are UTC; business days are days in Kuala Lumpur (docs/architecture.md, "Time").
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Kuala_Lumpur")


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present business day."""
    return business_day(now())


def business_day(instant: datetime) -> date:
    """The business day on which an instant falls."""
    return instant.astimezone(BUSINESS_ZONE).date()
