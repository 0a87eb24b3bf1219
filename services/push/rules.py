"""Operator settings: where pushes may go and who to contact about them."""

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

DEFAULT_HOSTS: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
_CONTACT: Final = re.compile(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*")
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.\-]*[a-z0-9])?")
_ENDPOINT: Final = re.compile(r"https://[!-~]{1,1500}")


class BadPush(ValueError):
    """A Web Push setting is invalid; the message says which and how to fix it."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Validated push settings. Raises BadPush."""

    contact: str
    """mailto: or https: URI where a push service can reach the operator (RFC 8292 `sub`)."""
    hosts: tuple[str, ...] = DEFAULT_HOSTS
    """Allowed push services; a leading `*.` matches any subdomain. Nothing is sent elsewhere."""

    def __post_init__(self) -> None:
        if not _CONTACT.fullmatch(self.contact):
            raise BadPush(
                f"MUSTER_PUSH_CONTACT={self.contact!r} is invalid: give a contact address for push services,"
                " such as mailto:desk@example.org or https://example.org/contact."
            )
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise BadPush(
                    f"MUSTER_PUSH_HOSTS: {host!r} is not a host name; use names such as fcm.googleapis.com or"
                    " *.push.apple.com, separated by commas."
                )

    def allow(self, endpoint: str) -> bool:
        """Whether this is a plain https URL of an allowed push service; prevents request forgery (SSRF)."""
        if not _ENDPOINT.fullmatch(endpoint) or "\\" in endpoint:
            return False
        try:
            parts = urlsplit(endpoint)
            port = parts.port
        except ValueError:
            return False
        if (
            parts.username is not None
            or parts.password is not None
            or parts.fragment
            or port not in (None, 443)
        ):
            return False
        return any(_below(parts.hostname or "", host) for host in self.hosts)


def _below(host: str, allowed: str) -> bool:
    if allowed.startswith("*."):
        return host.endswith(allowed[1:]) and len(host) > len(allowed) - 1
    return host == allowed
