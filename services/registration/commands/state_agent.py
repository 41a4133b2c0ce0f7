"""An employer says who sends its contribution files for it, or takes that back."""

from dataclasses import dataclass

from services.registration.storage.archives import Agent
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class StateAgent:
    """The employer, the party that acts for it, and whether it does."""

    employer: int
    agent: str
    granted: bool


async def state_agent(command: StateAgent, uow: RegistrationUnitOfWork) -> list[Agent]:
    """Who does now; it holds for what is worked off from now on. Raises EmployerUnknown,
    AgentsTooMany."""
    await uow.employers.get(command.employer)
    await uow.archives.state_agent(command.employer, command.agent, granted=command.granted)
    return await uow.archives.list_agents(command.employer)
