"""The log's file is as durable as documented."""

from pathlib import Path

from services.adapters.sqlite.log_file import open_writer


def test_every_pragma_of_the_writer_holds(tmp_path: Path) -> None:
    db = open_writer(tmp_path / "log.db")
    found = {name: db.execute(f"PRAGMA {name}").fetchall()[0][0] for name in ("journal_mode", "synchronous")}
    db.close()
    assert found == {"journal_mode": "wal", "synchronous": 2}
