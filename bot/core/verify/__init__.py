"""Proofs of origin: one module for each scheme, and what they share in `scheme`."""

from bot.core.verify.scheme import Defect, Headers, Key, Proof, Scheme
from bot.core.verify.shared_token import SharedToken
from bot.core.verify.standard_webhooks import StandardWebhooks
from bot.core.verify.timestamped_hmac import TimestampedHmac

__all__ = [
    "Defect",
    "Headers",
    "Key",
    "Proof",
    "Scheme",
    "SharedToken",
    "StandardWebhooks",
    "TimestampedHmac",
]
