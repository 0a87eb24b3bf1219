"""What can be wrong with a transfer."""


class TransferFailed(Exception):
    """The export or load was not done. `code` is stable; `detail` says what to do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{detail} ({code})")
        self.code, self.detail = code, detail
