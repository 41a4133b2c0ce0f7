"""The steps of which cases are made, by the member of a step that names each."""

from conformance.employing import agent, come_back, hire, leave, release, taking_part, template
from conformance.pushing import produce, push, read_event
from conformance.runner import Step
from conformance.sending import archive, send, upload

STEPS: dict[str, Step] = {
    "send": send,
    "upload": upload,
    "archive": archive,
    "push": push,
    "produce": produce,
    "event": read_event,
    "hire": hire,
    "leave": leave,
    "release": release,
    "return": come_back,
    "skbbk": taking_part,
    "agent": agent,
    "template": template,
}
