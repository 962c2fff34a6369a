from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # SQLite has no lock for migrating but its transaction: whoever comes second waits for it, and finds it all done.
    transaction_per_migration=connection.dialect.name == "postgresql",
    # Alembic believes that SQLite's DDL commits by itself, and would commit after each migration.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
