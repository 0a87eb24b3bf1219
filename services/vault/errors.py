"""What can be wrong with keys and sealed tokens."""


class VaultError(Exception):
    """Base of the vault's errors; `code` is stable."""

    code = "vault.error"


class VaultUnavailable(VaultError):
    """The key store cannot be read or written now."""

    code = "vault.unavailable"


class MasterKeyMissing(VaultError):
    """There are keys, but not the master key that opens them; a new one would not."""

    code = "vault.master_key_missing"


class WrongMasterKey(VaultError):
    """The master key is not the one that these keys were wrapped with."""

    code = "vault.wrong_master_key"


class NoKey(VaultError):
    """There is no key of this subject here, and never was: the keys are another log's, or incomplete."""

    code = "vault.no_key"


class Erased(VaultError):
    """The subject's key was destroyed: nothing can be sealed for them any more."""

    code = "vault.erased"


class BadToken(VaultError):
    """Not a sealed token of this jurisdiction, or one that was tampered with."""

    code = "vault.bad_token"
