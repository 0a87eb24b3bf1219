"""Ids that are made in blocks."""

from itertools import islice
from uuid import RFC_4122, UUID

from services.base.ids import TOGETHER, ids


def test_every_id_is_a_random_uuid_of_its_own() -> None:
    made = list(islice(ids(), 3 * TOGETHER + 1))

    assert len(set(made)) == len(made)
    assert [str(UUID(one)) for one in made] == made
    assert {(UUID(one).version, UUID(one).variant) for one in made} == {(4, RFC_4122)}


def test_two_that_make_them_share_none() -> None:
    assert not {*islice(ids(), TOGETHER)} & {*islice(ids(), TOGETHER)}
