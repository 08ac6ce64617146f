"""What the rooms need of the outside, said from the inside."""

from bot.core.ports.memory import (
    Accepted,
    DueGroup,
    GroupStore,
    Inbox,
    MonitorStore,
    Outbox,
    RequestStore,
    Router,
    StoredEvent,
    SubscriptionStore,
)
from bot.core.ports.outside import (
    Channel,
    Clock,
    Directory,
    GroupReader,
    Messenger,
    MonitorApi,
    Responder,
)

__all__ = [
    "Accepted",
    "Channel",
    "Clock",
    "Directory",
    "DueGroup",
    "GroupReader",
    "GroupStore",
    "Inbox",
    "Messenger",
    "MonitorApi",
    "MonitorStore",
    "Outbox",
    "RequestStore",
    "Responder",
    "Router",
    "StoredEvent",
    "SubscriptionStore",
]
