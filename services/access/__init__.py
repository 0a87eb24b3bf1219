"""Access control: tokens, their scopes, and browser sessions."""

from services.access.port import AccessUnavailable, Token
from services.access.principal import SCOPES, Principal
from services.access.sight import ASKING, asked_only, opens_in, searches, sight_of
from services.access.tokens import TokenRefused, Tokens, made_by_code, session_lifetime

__all__ = [
    "ASKING",
    "SCOPES",
    "AccessUnavailable",
    "Principal",
    "Token",
    "TokenRefused",
    "Tokens",
    "asked_only",
    "made_by_code",
    "opens_in",
    "searches",
    "session_lifetime",
    "sight_of",
]
