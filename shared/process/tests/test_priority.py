"""A process that steps back does so among the processes of its session and, where there are such, among sessions."""

import subprocess
import sys
from pathlib import Path

import pytest

_ASKED = """
import os
from pathlib import Path
from shared.process.priority import step_back
step_back(7)
group = Path("/proc/self/autogroup")
print(os.nice(0), group.read_text().split()[-1] if group.exists() else "none")
"""


@pytest.mark.parametrize("leads", [True, False])
def test_who_leads_a_session_steps_back_among_sessions_too(leads: bool) -> None:
    answered = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _ASKED], start_new_session=leads, check=True, capture_output=True, text=True
    ).stdout.split()
    before = Path("/proc/self/autogroup")
    of_ours = before.read_text(encoding="ascii").split()[-1] if before.exists() else "none"
    assert answered[1] == (of_ours if not leads or of_ours == "none" else "7")
    assert int(answered[0]) >= 7
