"""Access control: tokens, their scopes, and browser sessions."""

from services.access.port import AccessUnavailable, Token
from services.access.principal import SCOPES, Principal
from services.access.tokens import TokenRefused, Tokens, made_by_code, session_lifetime

__all__ = [
    "SCOPES",
    "AccessUnavailable",
    "Principal",
    "Token",
    "TokenRefused",
    "Tokens",
    "made_by_code",
    "session_lifetime",
]
