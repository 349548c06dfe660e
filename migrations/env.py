"""Alembic's entry: runs the numbered steps against the database that `app.schema` hands in."""

from alembic import context

from app.db import Base, UtcDateTime


def _render(kind: str, item: object, _context: object) -> str | bool:
    """A migration imports nothing of the application: our own type is written as what it stores."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=_render,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
