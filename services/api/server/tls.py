"""The server's TLS certificate, and how commands on this machine verify it."""

import ssl
from pathlib import Path

import msgspec

PEM_END = "-----END CERTIFICATE-----"


class BadCertificate(ValueError):
    """The certificate or key cannot be used. The message says why and what to do."""


class Certificate(msgspec.Struct, frozen=True):
    """Two PEM files: the certificate chain and its key."""

    cert: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return the server's SSL context. Raises BadCertificate."""
        for path in (self.cert, self.key):
            _readable(path)
        locked: list[bool] = []

        def password() -> str:
            locked.append(True)
            return ""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(self.cert, self.key, password)
        except (ssl.SSLError, ValueError) as error:
            raise self._bad(error, locked=bool(locked)) from error
        return context

    def _bad(self, error: Exception, *, locked: bool) -> BadCertificate:
        if locked:
            return BadCertificate(
                f"the key in {self.key} is encrypted, and nobody can be asked for its password; give it "
                "without one, readable by this user alone: openssl pkey -in KEY -out NEW"
            )
        if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
            return BadCertificate(
                f"the key in {self.key} is not that of the first certificate in {self.cert}; the server's "
                "own certificate must stand first, before those that lead to its root."
            )
        return BadCertificate(
            f"{self.cert} and {self.key} are not a certificate and its key in PEM form "
            "(-----BEGIN CERTIFICATE-----, -----BEGIN PRIVATE KEY-----)."
        )


def certificate_of(cert: Path | None, key: Path | None) -> Certificate | None:
    """Return the certificate, or None if neither file is given. Raises BadCertificate if one is missing."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise BadCertificate("HTTPS needs both --tls-cert and --tls-key, or neither.")
    return Certificate(cert, key)


def pinned(cert: Path) -> ssl.SSLContext:
    """Trust only the first certificate of a file, whatever name it is for, as the file is the server's own.
    Raises OSError, ValueError."""
    own = cert.read_text().partition(PEM_END)[0] + PEM_END
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=own[own.index("-----BEGIN CERTIFICATE") :])
    return context


def _readable(path: Path) -> None:
    try:
        path.read_bytes()
    except OSError as error:
        raise BadCertificate(f"{path} cannot be read: {error.strerror or error}.") from error
