"""Cover is asked in one statement, by a plan that is kept: the day of death comes with the rest."""

from alembic import op

revision = "registration_0060"
down_revision = "registration_0059"

_FUNCTION = "known_of_cover(integer, date, timestamptz, text, boolean)"
# As in `cover_tells_of_months_that_were_taken_over`, and as merging left it.
_ATTRIBUTES = "IN ('born_on', 'residence', 'pass_ended_on')"
_WITH_DEATH = "IN ('born_on', 'residence', 'died_on', 'pass_ended_on')"


def upgrade() -> None:
    """A death is stated of all days, so that it stands among what holds at any month's end.

    Of an array PostgreSQL cannot know beforehand that it has one number, as nearly every one has: it planned each
    statement again at each call, which took longer than to run them. One person is found by indexes, however few there
    are when the plan is made.
    """
    op.execute(
        f"DO $do$ DECLARE made text = pg_get_functiondef(CAST('{_FUNCTION}' AS regprocedure));\n"
        f"BEGIN\nIF position($b${_ATTRIBUTES}$b$ in made) = 0 THEN RAISE EXCEPTION 'it says something else'; END IF;\n"
        f"EXECUTE replace(made, $b${_ATTRIBUTES}$b$, $b${_WITH_DEATH}$b$);\nEND $do$"
    )
    op.execute(f"ALTER FUNCTION {_FUNCTION} SET plan_cache_mode TO force_generic_plan")
    op.execute(f"ALTER FUNCTION {_FUNCTION} SET enable_seqscan TO off")
