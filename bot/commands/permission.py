"""Who may change a monitor."""

from __future__ import annotations

from collections.abc import Collection

from bot.core.answers import Line, Span, line, user
from bot.core.errors import CommandError
from bot.core.ports import Directory
from bot.core.requests import Request

_MOST_NAMED = 5


class Permission:
    """Lets its creator, our admins and the workspace's admins change a monitor.

    `admins` are the ids of those that the operator named. Where nobody knows the creator,
    every full member may.
    """

    def __init__(self, directory: Directory, admins: Collection[str]) -> None:
        self._directory = directory
        self._admins = tuple(admins)

    async def check(self, request: Request, *, created_by: str) -> None:
        """Raise `CommandError` naming who may, unless this person may.

        `created_by` is the id of who made the thing, empty if unknown.
        """
        person = request.user_id
        if person in self._admins:
            return
        if not await self._directory.may_change(request.team_id, person):
            raise CommandError(
                "Guests and people of other workspaces can look, but not change anything here; "
                "ask a full member of this workspace to do it."
            )
        if created_by in {"", person}:
            return
        if not await self._directory.is_admin(request.team_id, person):
            raise CommandError(
                "Only whoever made it, or an admin, may change it.", lines=(self._who(created_by),)
            )

    def _who(self, created_by: str) -> Line:
        named: list[str | Span] = []
        for admin in self._admins[:_MOST_NAMED]:
            named += [", ", user(admin)]
        return line(
            "Only ", user(created_by), ", who made it", *named,
            " and the admins of this workspace may change it; ask one of them.",
        )  # fmt: skip
