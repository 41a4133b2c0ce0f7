"""Which routes tell nobody's health, wages, claims or payments, and why: all others declare whose they tell
(decision 93)."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from shared.persistence.read_log import Whose
from shared.web.reading import PEOPLE, declared_reads
from shared.web.routing import CommittingRoute

# By the reason, for each service the operations whose answers tell none of it.
TELLS_NONE: Mapping[str, Mapping[str, str]] = {
    "it answers what the caller itself just stated, and the numbers that this was given": {
        "claims": "send_notice report_evidence withdraw_evidence correct_evidence state_document withdraw_particular "
        "start_investigation record_interview send_board_case answer_request send_document withdraw_document "
        "send_events state_message_preference take_message_receipt state_complaint withdraw_complaint "
        "answer_referral_offer withdraw_referral_consent",
        "benefits": "enter_money_that_came_back release_money_that_came_back withdraw_money_that_came_back "
        "propose_counter_entry release_counter_entry send_statement_lines enter_instalments enter_set_off "
        "answer_bank_file state_suspension send_certificate state_student state_acting_party "
        "state_receipt_consent list_receipt_consents withdraw_receipt_consent",
        "registration": "start_spell end_spell correct_spell release_from_skbbk take_part_in_skbbk send_events "
        "send_contribution_file send_contribution_statement start_upload append_part send_contribution_archive "
        "send_opening_file state_opening_rows state_assessment report_register_statement "
        "register_for_scheme end_scheme_registration report_cover_payment report_cover_payments "
        "state_cover_payment_reversal",
        "rehab": "send_bill correct_bill withdraw_bill",
        "jobs": "record_interview record_offer",
    },
    "it tells how what the caller sent stands, by counts, codes and numbers": {
        "claims": "list_events read_event list_event_figures",
        "registration": "list_events read_event list_event_figures read_contribution_file read_upload "
        "read_upload_offset drop_upload read_contribution_archive list_archive_members list_opening_files "
        "read_opening_file",
    },
    "it is about an employer: its sums, its money, its files, what is found of it": {
        "registration": "register_employer read_employer record_employer_fact list_employer_facts end_employer "
        "resume_employer retract_employer_fact read_employer_profile list_employer_statements read_account "
        "list_arrears read_payment_reference claim_interest_waiver list_refunds claim_refund report_receipt "
        "list_receipts read_receipt release_receipt propose_attribution release_attribution propose_counter_entry "
        "release_counter_entry list_unallocated_receipts send_bank_statement list_bank_statements "
        "read_bank_statement release_bank_statement enter_legacy_template read_legacy_templates "
        "state_employer_agent read_employer_agents state_inspection list_inspections report_inspection "
        "stop_inspection send_enforcement_notice list_enforcement_notices list_assessments refuse_assessment "
        "state_compound list_compounds read_compound",
    },
    "it is about who somebody is and where it works, without wages; who searched stands in person_search": {
        "registration": "register_person list_persons read_person search_people list_found_persons list_accesses "
        "state_fact list_person_facts retract_fact list_corrections state_national_id list_national_ids "
        "withdraw_national_id issue_ssfw_number read_ssfw_number list_family record_relation end_relation "
        "withdraw_relation read_register_statement state_person_merge list_person_merges state_person_split "
        "read_person_merge list_waiting_ends list_unverified_spells list_spell_statements",
    },
    "it is about cover and memberships, without wages; who asked for cover stands in cover_inquiry": {
        "registration": "read_cover inquire_cover read_skbbk",
    },
    "it is about where a party is paid, not what": {
        "benefits": "enter_account release_account list_accounts_of_party enter_account_of_party "
        "release_account_of_party",
    },
    "it is about sums of many, and payments by the bank's ids alone": {
        "benefits": "list_bank_files list_held_statuses release_refused_file read_balances list_funds "
        "list_control_totals",
        "registration": "list_control_totals",
        "claims": "list_control_totals read_medical_figures read_appeal_rates",
        "rehab": "list_control_totals",
        "jobs": "list_control_totals",
    },
    "it is about nobody: an order, a centre, a session, a figure of the law, a run": {
        "registration": "announce_everything list_schemes",
        "claims": "announce_everything state_board_session list_board_sessions read_board_session state_board_panel "
        "take_board_session list_figures read_figure enter_figure list_figure_entries "
        "state_audit_seed list_audit_seeds list_audit_draws",
        "benefits": "announce_everything state_increase list_increases state_audit_seed list_audit_seeds "
        "list_audit_draws",
        "rehab": "announce_everything list_centres",
        "jobs": "announce_everything",
    },
    "it is how the caller wants to be written to": {"claims": "read_message_preference"},
}


def exempt(service: str) -> set[str]:
    """The operations of a service that tell none."""
    return {name for services in TELLS_NONE.values() for name in services.get(service, "").split()}


def undeclared(service: str, app: FastAPI, told: AbstractSet[str]) -> Iterator[str]:
    """What is wrong with the declarations of a service's routes, each with what to do about it."""
    names = set()
    for context in _routes(app):
        name, declared = str(context.name), declared_reads(context)
        names.add(name)
        place = f"{service}: {','.join(sorted(context.methods))} {context.path} ({name})"
        if declared is None and name not in told:
            yield (
                f"{place} does not say whether it tells health, wages, claims or payments of somebody. If it may, add "
                'reads(DataKind.…, of="…") to its dependencies (shared/web/reading.py); if not, its name to the reason '
                "in TELLS_NONE of tests/architecture/reads.py."
            )
        if declared is not None and name in told:
            yield f"{place} declares what it tells, and stands in TELLS_NONE: take it out there."
    yield from (f"{service}: {name} stands in TELLS_NONE, and there is no such route" for name in set(told) - names)


def unlogged(service: str, app: FastAPI, whose: Whose) -> Iterator[str]:
    """Declarations by which no row would be written, or that lead to nobody."""
    for context in _routes(app):
        declared = declared_reads(context)
        if declared is None:
            continue
        place = f"{service}: {context.path} ({context.name})"
        if not isinstance(context.original_route, CommittingRoute) or not _opens_unit(context.dependant):
            yield f"{place} has no unit of work in which it could be written down who is told"
        names = {name.rpartition(".")[2] for name in declared.of}
        if nobodys := sorted(names - PEOPLE - whose.keys()):
            yield f"{place}: whose {nobodys} is, whose.py of the service does not say"


def _routes(app: FastAPI) -> Iterator[Any]:
    """Those of the service itself, which its document describes."""
    return (each for each in iter_route_contexts(app.routes) if getattr(each, "include_in_schema", False))


def _opens_unit(dependant: Any) -> bool:
    return any(
        getattr(each.call, "__qualname__", "").startswith("unit_of.") or _opens_unit(each)
        for each in dependant.dependencies
    )
