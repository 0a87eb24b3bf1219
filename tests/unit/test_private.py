"""Small private stores: deleted data is gone from the disk."""

from pathlib import Path

from services.adapters.sqlite.data_file import open_store

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB) STRICT"


def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    db = open_store(tmp_path / "small.sqlite", SCHEMA)
    secret = b"a secret of some length"
    db.execute("INSERT INTO kept VALUES ('one', ?)", (secret,))
    db.execute("DELETE FROM kept")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert secret not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    db.close()


def test_it_is_durable(tmp_path: Path) -> None:
    db = open_store(tmp_path / "small.sqlite", SCHEMA)
    found = {name: next(db.execute(f"PRAGMA {name}"))[0] for name in ("journal_mode", "synchronous")}
    assert found == {"journal_mode": "wal", "synchronous": 2}
    assert (tmp_path / "small.sqlite").stat().st_mode & 0o777 == 0o600
    db.close()
