"""Every error of ours, and nothing else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.reasons import Reason

if TYPE_CHECKING:
    from bot.core.answers import Line


class BotError(Exception):
    """Base of every error that Tocsin raises on purpose."""


class VerificationError(BotError):
    """A webhook did not prove its origin; answered 401 (400 when repeated)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SecretError(BotError):
    """A configured secret cannot be a key; the text never contains the secret."""


class PayloadError(BotError):
    """A verified body that its source cannot read; kept, counted, shown to operators."""


class StoreUnavailableError(BotError):
    """The database could not be written; the sender is asked to come again."""


class ApiError(BotError):
    """A source's API refused or failed.

    `text` is one sentence for people, `status` the HTTP status when there was one,
    `ref_id` the vendor's reference for support, `retry_after_s` its wish, `field` the
    option of ours that is at fault, such as `query` or `domains`, where the API names it.
    """

    def __init__(
        self,
        text: str,
        *,
        reason: Reason,
        status: int | None = None,
        ref_id: str | None = None,
        retry_after_s: float | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.reason = reason
        self.status = status
        self.ref_id = ref_id
        self.retry_after_s = retry_after_s
        self.field = field

    @property
    def cited(self) -> str:
        """Return the sentence with the vendor's reference, if there is one."""
        return f"{self.text} (Reference {self.ref_id}.)" if self.ref_id else self.text


class DeliveryError(BotError):
    """Slack refused a call, or nobody knows whether it took it.

    `reason` is from the closed list, `detail` is Slack's own error name or the
    exception's, `retry_after_s` is set when Slack named a time.
    """

    def __init__(
        self, reason: Reason, *, detail: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s


class CommandError(BotError):
    """What a person asked for cannot be done; the text says why and what to do.

    `shown` are lines to set as typed, such as a command with a caret under a word;
    `lines` say the same with what plain text cannot show, such as a person's name;
    `field` is the input of a form that is at fault.
    """

    def __init__(
        self,
        text: str,
        *,
        shown: tuple[str, ...] = (),
        lines: tuple[Line, ...] = (),
        field: str | None = None,
    ) -> None:
        super().__init__(text)
        self.shown = shown
        self.lines = lines
        self.field = field


class ConfigError(BotError):
    """Something in the configuration is wrong; one sentence for each problem."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
