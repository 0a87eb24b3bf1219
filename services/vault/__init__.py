"""Personal data: sealed under one key for each subject, masked, found by phone, erased."""

from services.vault.errors import (
    BadToken,
    Erased,
    MasterKeyMissing,
    NoKey,
    VaultError,
    VaultUnavailable,
    WrongMasterKey,
)
from services.vault.mask import mask
from services.vault.vault import Vault

__all__ = [
    "BadToken",
    "Erased",
    "MasterKeyMissing",
    "NoKey",
    "Vault",
    "VaultError",
    "VaultUnavailable",
    "WrongMasterKey",
    "mask",
]
