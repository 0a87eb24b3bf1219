"""Web Push to workers' phones: that there is an offer or a dispatch, and nothing of whom it is for."""

from services.push.port import PushStore, PushUnavailable, Subscription
from services.push.rules import BadPush, Rules

__all__ = ["BadPush", "PushStore", "PushUnavailable", "Rules", "Subscription"]
