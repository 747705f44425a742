"""Alembic's entry point: it runs on the connection that `storage.migrations.run` hands over."""

from alembic import context

from storage.migrations.rooms import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    user_module_prefix="storage.base.",
    on_version_apply=context.config.attributes.get("told"),
)
with context.begin_transaction():
    context.run_migrations()
