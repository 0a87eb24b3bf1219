"""Who may ask for what: access tokens, their scopes, and browser sessions."""

from services.access.principal import SCOPES, Principal
from services.access.store import Token
from services.access.tokens import TokenRefused, Tokens

__all__ = ["SCOPES", "Principal", "Token", "TokenRefused", "Tokens"]
