"""Bytes flipped anywhere in the views' file are found by the comparison with the log, and mended by it."""

import logging
import random
import shutil
from pathlib import Path

import apsw
import pytest
from scale import scaled
from server import muster

from projections.catalog import views as catalog
from services.adapters.sqlite.log import SqliteLog
from services.adapters.sqlite.views import SqliteViews
from services.verify.views import audit
from services.views.port import ViewsUnavailable
from services.views.scrub import Scrub

ROSTER = Path(__file__).parents[2] / "services/intake/examples/roster.csv"
J = "2307"
FLIPS = scaled("MUSTER_FLIPS", 12, 400)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("sound") / "data"
    assert muster("import", str(ROSTER), "-m", "roster", "-j", J, "--data", str(data)).returncode == 0
    return data


async def nothing(_: object) -> None: ...


async def mended(data: Path) -> bool:
    """Compare all views; return whether they are as they should be. False: the file was refused."""
    try:
        views = SqliteViews(data / "views.sqlite", catalog)
    except ViewsUnavailable:
        return False
    log = SqliteLog.open_readonly(data / "log.sqlite")
    try:
        scrub = Scrub(log, views, catalog, nothing, pause=nothing)
        for view in catalog:
            await scrub.all(view)
        if scrub.unhealed:
            assert "is damaged" in str(scrub.unhealed)
            return False
        assert (await audit(log, views, J)).findings == []
        return True
    finally:
        await log.close()
        await views.close()


@pytest.mark.timeout(60 + 3 * FLIPS)
async def test_flips_anywhere_are_mended_or_told(
    sound: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "muster")
    data = tmp_path / "data"
    shutil.copytree(sound, data)
    for beside in data.glob("*.sqlite-*"):
        beside.unlink()
    whole = (data / "views.sqlite").read_bytes()
    used = [at for at in range(len(whole)) if whole[at]]
    chance = random.Random(41)
    good = 0
    for _ in range(FLIPS):
        at = chance.choice(used)
        flipped = bytes([whole[at] ^ (1 << chance.randrange(8))])
        (data / "views.sqlite").write_bytes(whole[:at] + flipped + whole[at + 1 :])
        good += await mended(data)
        for beside in data.glob("views.sqlite-*"):
            beside.unlink()
    assert good > FLIPS // 3, "most flips are mended without anybody's help"


async def test_a_damaged_commit_is_told_by_the_comparison(
    sound: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    shutil.copytree(sound, data)
    db = apsw.Connection(str(data / "log.sqlite"))
    db.execute("UPDATE commits SET data = CAST(replace(CAST(data AS TEXT), 'courier', 'coueier') AS BLOB)")
    db.close()
    log = SqliteLog.open_readonly(data / "log.sqlite")
    views = SqliteViews(data / "views.sqlite", catalog)
    scrub = Scrub(log, views, catalog, nothing, pause=nothing)
    await scrub.all("roster")
    await log.close()
    await views.close()
    assert "damaged at position 1" in scrub.unhealed[J]
    assert len(caplog.messages) == 1
