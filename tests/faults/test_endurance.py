"""A few seconds under load leave nothing behind: a slice of `make endurance`, which takes half an hour."""

import pytest

from bench import endurance


async def test_descriptors_stay_level_and_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(endurance, "EVERY", 0.2)
    samples, sender = await endurance.run(minutes=2 / 60, rate=50)
    assert (sender.answered, sender.failed) == (100, 0)
    level = [one.descriptors for one in samples[len(samples) // 2 :]]
    assert max(level) - min(level) < 40, "one is left open for each command"
    endurance.tell(samples, sender, 50)
    told = capsys.readouterr().out
    assert all(f"{name} " in told for name in ("memory", "descriptors", "wal", "p99"))


def test_growth_is_told_as_a_slope() -> None:
    samples = [endurance.Sample(seconds, 0, 0, 0, 0) for seconds in (0, 10, 20)]
    assert endurance.slope(samples, [100, 101, 102]) == pytest.approx(360)
    assert endurance.slope(samples[:1], [100]) == 0
