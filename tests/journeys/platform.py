"""All five services with their workers in this process, on the run's real PostgreSQL and Kafka."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx

from deploy.local.door import EMPLOYER_SCOPES, HOSPITAL_SCOPES, OFFICER_SCOPES
from deploy.platform import SERVICES
from services.benefits import main as benefits_main
from services.benefits import worker as benefits_worker
from services.benefits.settings import BenefitsSettings
from services.claims import main as claims_main
from services.claims import worker as claims_worker
from services.claims.settings import ClaimsSettings
from services.jobs import main as jobs_main
from services.jobs import worker as jobs_worker
from services.jobs.settings import JobsSettings
from services.registration import main as registration_main
from services.registration import worker as registration_worker
from services.registration.settings import RegistrationSettings
from services.rehab import main as rehab_main
from services.rehab import worker as rehab_worker
from services.rehab.settings import RehabSettings
from shared.process.settings import ServiceSettings
from shared.testing.servers import Broker, Databases
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer

PARTS: Mapping[str, tuple[type[ServiceSettings], ModuleType, ModuleType]] = {
    "registration": (RegistrationSettings, registration_main, registration_worker),
    "claims": (ClaimsSettings, claims_main, claims_worker),
    "benefits": (BenefitsSettings, benefits_main, benefits_worker),
    "rehab": (RehabSettings, rehab_main, rehab_worker),
    "jobs": (JobsSettings, jobs_main, jobs_worker),
}
