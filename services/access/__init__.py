"""Who may ask for what: access tokens, their scopes, and browser sessions."""

from services.access.port import AccessUnavailable, Token
from services.access.principal import SCOPES, Principal
from services.access.tokens import TokenRefused, Tokens, from_code, lasts

__all__ = [
    "SCOPES",
    "AccessUnavailable",
    "Principal",
    "Token",
    "TokenRefused",
    "Tokens",
    "from_code",
    "lasts",
]
