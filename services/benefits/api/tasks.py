"""What of benefits two officers decide: what may be proposed in each queue, and the command that an approval runs."""

from services.benefits.api.dependencies import unit
from services.benefits.commands.ask_of_increase import state_of_increase
from services.benefits.commands.ask_of_statement import state_of_statement
from services.benefits.commands.decide_increase import DecideIncrease, decide_increase
from services.benefits.commands.decide_statement import DecideStatement, decide_statement
from services.benefits.commands.find_no_heir import FindNoHeir, find_no_heir
from services.benefits.commands.seek_heirs import state_of_payee_death
from services.benefits.domain import queues, subjects
from shared.kernel.queues import Queue
from shared.tasks.queues import Choice, Queues, answers
from shared.tasks.router import task_router


def _of_statement(queue: Queue, **meanings: tuple[bool, str]) -> list[Choice]:
    return answers(queue, DecideStatement, decide_statement, subjects.id_of, **meanings)


QUEUES = Queues(
    "benefits",
    queues.ALL,
    [
        *_of_statement(
            queues.SUSPENSION,
            suspension_counts=(True, "That the benefit is suspended as it is stated."),
            suspension_refused=(False, "That it is not: what was paid goes on being paid."),
        ),
        *_of_statement(
            queues.CERTIFICATE,
            certificate_counts=(True, "That the certificate proves what it says: what was held back is paid."),
            certificate_refused=(False, "That it does not: it is still missing."),
        ),
        *_of_statement(
            queues.STUDENT,
            student_counts=(True, "That the payee is paid as a student, who proves each year that it studies."),
            student_refused=(False, "That it is not."),
        ),
        *_of_statement(
            queues.ACTING_PARTY,
            acting_counts=(True, "That this person acts for the payee as it is stated."),
            acting_refused=(False, "That this person does not."),
        ),
        *answers(
            queues.INCREASE_ORDER,
            DecideIncrease,
            decide_increase,
            subjects.id_of,
            increase_counts=(True, "That the order raises benefits as it is entered, from its day on."),
            increase_refused=(False, "That it does not."),
        ),
        *answers(
            queues.PAYEE_DEATH,
            FindNoHeir,
            find_no_heir,
            subjects.party_of_death,
            no_heir_found=(True, "That nobody has shown a right to what is unpaid; it waits, and is looked at again."),
        ),
    ],
    {
        "party_statement": state_of_statement,
        "increase_order": state_of_increase,
        "payee_death": state_of_payee_death,
    },
)
router = task_router(QUEUES, unit)
