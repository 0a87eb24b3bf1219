"""Notices: put up, read, withdrawn."""

from events.notice import NoticeConfirmed, NoticeErased, NoticePosted, NoticeWithdrawn

from tests.given import Aggregate, given, worker

notice = Aggregate("notice")
POST = notice.post(notice="N1", area="2307", title="Water")
READ = notice.confirm(notice="N1", worker="W1")
RIDER = worker.register(worker="W1", role="rider")


def test_it_is_put_up_once():
    given().when(POST).then(NoticePosted, title="Water")
    given(POST).when(POST).refused("notice.exists", "N1")


def test_putting_up_what_is_up_already_is_known():
    given(POST).when(POST, observed=True).unchanged()


def test_a_worker_confirms_once():
    given(POST, RIDER).when(READ).then(NoticeConfirmed, worker="W1")
    given(POST, RIDER, READ).when(READ).unchanged()


def test_a_withdrawn_one_is_not_confirmed_but_late_news_is_kept():
    gone = given(POST, RIDER, notice.withdraw(notice="N1"))
    gone.when(READ).refused("notice.withdrawn", "N1")
    gone.when(READ, observed=True).anomaly("notice.withdrawn")


def test_it_is_withdrawn_once():
    given(POST).when(notice.withdraw(notice="N1")).then(NoticeWithdrawn)
    given(POST, notice.withdraw(notice="N1")).when(notice.withdraw(notice="N1")).unchanged()


def test_it_is_erased_once():
    given(POST).when(notice.erase(notice="N1")).then(NoticeErased)
    given(POST, notice.erase(notice="N1")).when(notice.erase(notice="N1")).unchanged()


def test_what_was_never_put_up_is_unknown():
    given().when(notice.withdraw(notice="N9")).refused("notice.unknown", "N9")
