"""Web Push in isolation: encryption, signature, permitted endpoints, and which changes are news."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from projections.assignments import AssignmentRow
from services.adapters.sqlite.phones import SqlitePushStore
from services.application.announcing import Announcements
from services.push import BadPush, Rules
from services.push.pusher import Pusher, new_assignments
from services.push.sealing import BadKeys, Browser, Signer, b64, new_key, seal, unb64
from services.views.port import Change, OutboxStep

NOW = datetime(2022, 3, 28, 8, tzinfo=UTC)
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


class TestSealing:
    def test_gives_what_the_standard_gives(self) -> None:
        """RFC 8291, Appendix A."""
        sender = ec.derive_private_key(
            int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
        )
        body = seal(
            b"When I grow up, I want to be a watermelon",
            Browser.of(P256DH, AUTH),
            padded=0,
            salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
            sender=sender,
        )

        assert b64(body) == (
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
            "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        )

    def test_tells_nothing_by_its_length(self) -> None:
        browser = Browser.of(P256DH, AUTH)

        assert len(seal(b"a", browser)) == len(seal(b"a" * 100, browser))
        assert seal(b"a", browser) != seal(b"a", browser)

    @pytest.mark.parametrize(
        ("p256dh", "auth"),
        [("", AUTH), (P256DH[:-4], AUTH), (b64(b"\x04" + bytes(64)), AUTH), (P256DH, "AAAA"), ("é", AUTH)],
    )
    def test_is_for_keys_of_a_browser(self, p256dh: str, auth: str) -> None:
        with pytest.raises(BadKeys):
            Browser.of(p256dh, auth)


class TestSigning:
    def test_names_the_push_service_the_operator_and_an_end(self) -> None:
        """RFC 8292: a JWT signed with ES256, and the key that browsers subscribed with."""
        private = new_key()
        signer = Signer(private, "mailto:desk@example.org")
        scheme, _, rest = signer.authorization("https://push.example/x/1", NOW).partition(" ")
        given = dict(part.split("=", 1) for part in rest.split(", "))
        head, claims, signature = given["t"].split(".")
        r, s = (int.from_bytes(unb64(signature)[n : n + 32], "big") for n in (0, 32))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(given["k"]))
        public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))

        assert scheme == "vapid"
        assert given["k"] == signer.public == Signer(private, "mailto:x@example.org").public
        assert unb64(head) == b'{"typ":"JWT","alg":"ES256"}'
        assert unb64(claims) == (
            b'{"aud":"https://push.example","exp":%d,"sub":"mailto:desk@example.org"}'
            % (NOW + timedelta(hours=12)).timestamp()
        )


class TestRules:
    RULES = Rules(contact="mailto:desk@example.org")

    @pytest.mark.parametrize(
        "endpoint",
        [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://fcm.googleapis.com:443/fcm/send/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://web.push.apple.com/Q",
            "https://db5p.notify.windows.com/w/?token=x%2f",
        ],
    )
    def test_push_services_of_common_browsers_are_sent_to(self, endpoint: str) -> None:
        assert self.RULES.allow(endpoint)

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://fcm.googleapis.com/x",
            "https://127.0.0.1/x",
            "https://push.apple.com/x",
            "https://evilpush.apple.com.example/x",
            "https://fcm.googleapis.com.example/x",
            "https://fcm.googleapis.com@127.0.0.1/x",
            "https://fcm.googleapis.com:pass@127.0.0.1/x",
            "https://127.0.0.1\\@fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com:x/x",
            "https://[fcm.googleapis.com/x",
            "https://fcm.googleapis.com/x#y",
            "https://fcm.googleapis.com/x y",
            "https://fcm.googleapis.com/x\r\ny",
            "//fcm.googleapis.com/x",
            "",
        ],
    )
    def test_nothing_else_is(self, endpoint: str) -> None:
        assert not self.RULES.allow(endpoint)

    @pytest.mark.parametrize(
        "contact", ["desk@example.org", "mailto:desk", "http://example.org", "", "mailto: a@b"]
    )
    def test_somebody_answers_for_them(self, contact: str) -> None:
        with pytest.raises(BadPush, match="MUSTER_PUSH_CONTACT"):
            Rules(contact=contact)

    @pytest.mark.parametrize("host", ["*", "*.", "https://x.org", "x.org/y", "x .org", "*x.org"])
    def test_hosts_are_names(self, host: str) -> None:
        with pytest.raises(BadPush, match="MUSTER_PUSH_HOSTS"):
            Rules(contact="mailto:a@example.org", hosts=(host,))


def task(state: str, **more: Any) -> AssignmentRow:
    given: dict[str, Any] = {
        "assignment": "A1",
        "request": "R1",
        "unit": "W1",
        "worker": "W1",
        "area": "2307",
        "state": state,
    }
    whole: dict[str, Any] = {**given, "offered_at": NOW, "dispatched_at": NOW, **more}
    return AssignmentRow(**whole)


class TestNews:
    @pytest.mark.parametrize(
        ("before", "after", "news"),
        [
            (None, "offered", True),
            (None, "dispatched", True),
            ("accepted", "dispatched", True),
            ("offered", "dispatched", True),
            ("offered", "offered", False),
            ("offered", "accepted", False),
            ("dispatched", "dispatched", False),
            ("en_route", "dispatched", False),
            ("dispatched", "en_route", False),
            ("offered", "expired", False),
        ],
    )
    def test_is_an_offer_and_a_dispatch_that_were_not_there_before(
        self, before: str | None, after: str, news: bool
    ) -> None:
        """Taking back a stage leads from en_route to dispatched. That must not wake anybody."""
        change = Change("assignments", "A1", task(before) if before else None, task(after))

        assert bool(new_assignments([change], NOW)) is news

    def test_is_not_what_happened_long_ago(self) -> None:
        change = Change("assignments", "A1", None, task("dispatched"))

        assert new_assignments([change], NOW + timedelta(minutes=9))
        assert not new_assignments([change], NOW + timedelta(minutes=10))


async def test_more_steps_than_are_read_at_once_are_all_looked_at(tmp_path: Path) -> None:
    """An offer in a burst must be pushed without waiting for the next command."""
    looked: list[int] = []

    async def steps(jurisdiction: str, after: int, *, views: tuple[str, ...]) -> list[OutboxStep]:
        assert views == ("assignments",)
        looked.append(after)
        return [OutboxStep(n, n + 1, ()) for n in range(after, min(after + 2, 5))]

    store = await SqlitePushStore.open(tmp_path / "push.sqlite")
    pusher = await Pusher.open(store, Rules(contact="mailto:desk@example.org"))
    progress: Any = SimpleNamespace(positions={"2307": 0}, steps=steps)
    clock: Any = SimpleNamespace(now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    views: Any = None
    announcements = Announcements()
    running = asyncio.create_task(pusher.run(views, progress, announcements, clock))
    await asyncio.sleep(0)  # it has noted where the views are
    progress.positions = {"2307": 5}
    announcements.advanced("2307", 5)
    async with asyncio.timeout(5):
        while len(looked) < 3:
            await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert looked == [0, 2, 4]
