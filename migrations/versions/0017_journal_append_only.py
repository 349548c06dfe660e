"""The journal can only grow: the database refuses every change of an entry.

An entry is added at the end of its plan's chain and nowhere else; the head of a chain moves forward alone.

Revision: 0017, after 0016.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_GENESIS = "0" * 64

_SQLITE = {
    "journal_entry_update": """
        BEFORE UPDATE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'an entry of the journal cannot be changed'); END""",
    "journal_entry_delete": """
        BEFORE DELETE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'an entry of the journal cannot be deleted'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above: a row that is there is refused here.
    "journal_entry_insert": f"""
        BEFORE INSERT ON journal_entry
        WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id)
          OR NEW.position <> 1 + coalesce(
            (SELECT max(position) FROM journal_entry WHERE plan_id = NEW.plan_id), 0)
          OR NEW.previous_hash <> coalesce(
            (SELECT hash FROM journal_entry WHERE plan_id = NEW.plan_id AND position = NEW.position - 1),
            '{_GENESIS}')
        BEGIN SELECT RAISE(ABORT, 'an entry of the journal can only be added at its end'); END""",
    "journal_head_update": """
        BEFORE UPDATE ON journal_head
        WHEN NEW.plan_id <> OLD.plan_id OR NEW.position < OLD.position
          OR (NEW.position = OLD.position AND NEW.hash <> OLD.hash)
        BEGIN SELECT RAISE(ABORT, 'the head of a journal can only move forward'); END""",
    "journal_head_delete": """
        BEFORE DELETE ON journal_head
        BEGIN SELECT RAISE(ABORT, 'the head of a journal cannot be deleted'); END""",
    "journal_head_insert": """
        BEFORE INSERT ON journal_head
        WHEN EXISTS (SELECT 1 FROM journal_head WHERE plan_id = NEW.plan_id)
        BEGIN SELECT RAISE(ABORT, 'the head of a journal cannot be replaced'); END""",
}

_FUNCTIONS = {
    "journal_refuse": """
        BEGIN
          RAISE EXCEPTION '% cannot be changed: the journal can only grow', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
        END""",
    "journal_append": f"""
        BEGIN
          IF NEW.position <> 1 + coalesce(
              (SELECT max(position) FROM journal_entry WHERE plan_id = NEW.plan_id), 0)
            OR NEW.previous_hash <> coalesce(
              (SELECT hash FROM journal_entry WHERE plan_id = NEW.plan_id AND position = NEW.position - 1),
              '{_GENESIS}')
          THEN
            RAISE EXCEPTION 'an entry of the journal can only be added at its end'
              USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END""",
    "journal_forward": """
        BEGIN
          IF NEW.plan_id <> OLD.plan_id OR NEW.position < OLD.position
            OR (NEW.position = OLD.position AND NEW.hash <> OLD.hash)
          THEN
            RAISE EXCEPTION 'the head of a journal can only move forward'
              USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END""",
}
_POSTGRESQL = {
    "journal_entry_change": (
        "journal_entry",
        "BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    ),
    "journal_entry_truncate": (
        "journal_entry",
        "BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
    ),
    "journal_entry_insert": (
        "journal_entry",
        "BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_append()",
    ),
    "journal_head_update": (
        "journal_head",
        "BEFORE UPDATE ON journal_head FOR EACH ROW EXECUTE FUNCTION journal_forward()",
    ),
    "journal_head_delete": (
        "journal_head",
        "BEFORE DELETE ON journal_head FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    ),
    "journal_head_truncate": (
        "journal_head",
        "BEFORE TRUNCATE ON journal_head FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
    ),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, text in _SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {text}")
        return
    # A table of the same name that a role makes for itself must not be the one that is asked.
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    for name, text in _FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" SET search_path = {schema}, pg_temp AS $${text}$$"
        )
    for name, (_table, text) in _POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER {name} {text}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in _SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name, (table, _text) in _POSTGRESQL.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for name in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
