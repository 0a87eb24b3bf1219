"""Personal data: encrypted with one key per subject, masked, found by phone, erased."""

from services.vault.disclosing import shown
from services.vault.errors import (
    BadToken,
    Erased,
    MasterKeyMissing,
    NoKey,
    VaultError,
    VaultUnavailable,
    WrongMasterKey,
)
from services.vault.keyring import Keyring
from services.vault.mask import mask
from services.vault.sealing import subject_of
from services.vault.vault import Vault, open_vault

__all__ = [
    "BadToken",
    "Erased",
    "Keyring",
    "MasterKeyMissing",
    "NoKey",
    "Vault",
    "VaultError",
    "VaultUnavailable",
    "WrongMasterKey",
    "mask",
    "open_vault",
    "shown",
    "subject_of",
]
