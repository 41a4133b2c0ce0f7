"""How Alembic runs here: on the connection it is given, inside its transaction, and never waiting long for a lock."""

from alembic import context
from sqlalchemy import text


def run() -> None:
    """Run the migrations, or print their SQL (``--sql``) for the linter of migrations."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        context.configure(dialect_name="postgresql", transaction_per_migration=True)
    else:
        # A migration that has to wait for a lock makes everybody behind it wait: it gives up instead and is run again.
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


run()
