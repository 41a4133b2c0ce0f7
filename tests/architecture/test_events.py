"""Every event is sent by its topic's owner only, and nobody listens to what does not exist."""

from pathlib import Path

from shared.contracts.generate import subscriptions
from shared.contracts.registry import EVENTS
from shared.contracts.topics import TOPICS
from tests.architecture.events import bad_subscriptions, foreign_publishers
from tests.architecture.tree import ROOT, python_files

OWNERS = {event.__name__: event.topic.owner for event in EVENTS}
TOPIC_OWNERS = {topic.name: topic.owner for topic in TOPICS}


def test_every_event_is_sent_by_the_owner_of_its_topic_only() -> None:
    assert foreign_publishers(ROOT, python_files(), OWNERS) == []


def test_every_subscription_names_a_topic_of_another_service() -> None:
    assert bad_subscriptions(subscriptions(), TOPIC_OWNERS) == []


def _planted(root: Path, path: str, text: str) -> list[str]:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return foreign_publishers(root, [path], OWNERS)


def test_a_service_that_sends_anothers_event_is_found(tmp_path: Path) -> None:
    path = "services/benefits/commands/pay.py"
    said = [f"{path}:2: ClaimAssessedV1 is sent by claims only"]
    imported = "from shared.contracts.claim_assessed import ClaimAssessedV1"
    assert _planted(tmp_path, path, f"{imported}\nuow.publish(ClaimAssessedV1(person=1))\n") == said
    assert _planted(tmp_path, path, f"{imported}\nuow.publish(ClaimAssessedV1.of(claim))\n") == said
    assert _planted(tmp_path, path, f"{imported} as Assessed\nevent = Assessed(person=1)\n") == said


def test_a_service_that_follows_in_anothers_name_is_found(tmp_path: Path) -> None:
    path = "services/benefits/commands/forget_person.py"
    imported = "from shared.contracts.erasure_followed import ClaimsErasureFollowedV1"
    handed = _planted(tmp_path, path, f"{imported} as Told\nFOLLOWER = Follower(Told, ForgetPerson)\n")
    assert handed == [f"{path}:2: ClaimsErasureFollowedV1 is sent by claims only"]
    own = "FOLLOWER = Follower(BenefitsErasureFollowedV1, ForgetPerson)\n"
    assert _planted(tmp_path, path, own) == []


def test_sending_ones_own_event_and_reading_anothers_are_no_finding(tmp_path: Path) -> None:
    owner, reader = "services/claims/commands/decide.py", "services/benefits/consumers/claim_assessed.py"
    assert _planted(tmp_path, owner, "uow.publish(ClaimAssessedV1(person=1))\n") == []
    assert _planted(tmp_path, reader, "def apply(events: list[ClaimAssessedV1]): ...\nClaimAssessedV1.type()\n") == []


def test_a_subscription_to_nothing_and_one_to_ones_own_topic_are_found() -> None:
    table = {"claims": ["registration", "claim.assesed", "claim.assessed"]}
    assert bad_subscriptions(table, TOPIC_OWNERS) == [
        "claims listens to claim.assesed, which is no topic",
        "claims listens to claim.assessed, which it writes itself",
    ]
