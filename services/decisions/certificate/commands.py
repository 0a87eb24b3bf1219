"""Commands about certificates; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, Code, Id, Instant, WorkerId

CertificateId = Annotated[Id, Ref("certificate")]


@command("certificate.issue")
class Issue(Command):
    """Certify what somebody served between two instants, as the log shows it now."""

    certificate: Annotated[CertificateId, NEW] | None = None
    worker: WorkerId
    since: Instant
    until: Instant


@command("certificate.revoke")
class Revoke(Command):
    """Revoke a certificate. Its number becomes public; why does not."""

    certificate: CertificateId
    reason: Code
