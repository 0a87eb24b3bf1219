"""Web Push to workers' phones: announces an offer or dispatch, without personal data."""

from services.push.port import PushStore, PushUnavailable, Subscription
from services.push.rules import BadPush, Rules

__all__ = ["BadPush", "PushStore", "PushUnavailable", "Rules", "Subscription"]
