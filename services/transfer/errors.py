"""Errors of exports and loads."""

from services.refusals.errors import CodedError


class TransferFailed(CodedError):
    """The export or load failed; the sentence says what to do."""

    @property
    def detail(self) -> str:
        """The English sentence."""
        return super().__str__()

    def __str__(self) -> str:
        return f"{self.detail} ({self.code})"
