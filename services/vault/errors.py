"""Errors raised for keys and sealed tokens."""


class VaultError(Exception):
    """Base class of the vault's errors; `code` is stable."""

    code = "vault.error"


class VaultUnavailable(VaultError):
    """The key store cannot be read or written at the moment."""

    code = "vault.unavailable"


class MasterKeyMissing(VaultError):
    """The keys exist, but the master key that opens them does not; a new one would not open them."""

    code = "vault.master_key_missing"


class WrongMasterKey(VaultError):
    """The keys were wrapped with a different master key."""

    code = "vault.wrong_master_key"


class NoKey(VaultError):
    """The subject never had a key here: the keys belong to another log or are incomplete."""

    code = "vault.no_key"


class Erased(VaultError):
    """The subject's key was destroyed; nothing can be sealed for them."""

    code = "vault.erased"


class BadToken(VaultError):
    """Not a sealed token of this jurisdiction, or a token that was tampered with."""

    code = "vault.bad_token"
