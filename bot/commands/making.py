"""`/monitors create`, and making a stopped monitor anew."""

from __future__ import annotations

from bot.commands.following import Following
from bot.commands.once import Sleep, create_once, made_before
from bot.commands.phrases import cost, pace
from bot.commands.register import KIND, SOURCE, Register
from bot.commands.subscribed import place
from bot.commands.watching import options, runs
from bot.commands.wish import Wish
from bot.core.answers import Answer, answer, bold, code, line
from bot.core.errors import CommandError
from bot.core.events import Subject
from bot.core.monitors import Definition, KnownMonitor, Monitor, Origin
from bot.core.ports import Clock
from bot.core.requests import Request

FIRST_RUN = "The first run is under way; it takes minutes and may find nothing."


class Making:
    """Makes monitors, each exactly once, and remembers them."""

    def __init__(
        self,
        register: Register,
        following: Following,
        *,
        clock: Clock,
        public_url: str | None,
        sleep: Sleep,
    ) -> None:
        self._register = register
        self._following = following
        self._clock = clock
        self._public_url = public_url
        self._sleep = sleep

    async def create(
        self, request: Request, definition: Definition, *, here: bool = True
    ) -> Answer:
        """Make a monitor, subscribe the channel, and say what it costs.

        `here` says that the person is in that channel now.
        """
        self.check_setup()
        origin = _origin(request, request.channel_id, request.user_id)
        made = await made_before(self._register.api, request)
        if made is None:
            await self._following.check_person(request)
            await self._following.check_channel(request, here=here)
            made = await create_once(self._register.api, definition, origin, self._sleep)
        await self._register.store.save(self._record(made, definition, origin))
        subject = Subject(kind=KIND, id=made.id, name=definition.query)
        await self._register.names.learn(SOURCE, [subject])
        wish = Wish(source=SOURCE, subject=subject)
        # The first run may report before its monitor is followed.
        followed, _ = await self._following.follow(request, wish, since=request.received_at)
        return answer(
            line(place(followed, here=here), " now hears of ", bold(definition.query), "."),
            line("Monitor ", code(made.id), f" runs {pace(definition)}, {cost(definition)}."),
            *([told] if (told := options(definition)) else ()),
            FIRST_RUN,
            line(
                "Be quiet with ", code(f"/monitors pause {made.id}"),
                ", end it with ", code(f"/monitors cancel {made.id}"),
                f", leave it to others {'' if here else 'there '}with ",
                code(f"/alerts unsubscribe {followed.id}"), ".",
            ),
        )  # fmt: skip

    async def remake(self, request: Request, old: KnownMonitor) -> Answer:
        """Make a stopped monitor anew, and let everybody who followed it follow the new one.

        It stays its creator's, whoever lets it go on.
        """
        self.check_setup()
        api = self._register.api
        origin = _origin(request, old.channel_id, old.created_by or request.user_id)
        made = await made_before(api, request)
        if made is None:
            made = await create_once(api, old.definition, origin, self._sleep)
        new = self._record(made, old.definition, origin)
        await self._register.store.replace(old.id, new, since=request.received_at)
        return remade(made.id, old.definition)

    def check_setup(self) -> None:
        """Raise `CommandError` naming the setting without which no monitor can be made."""
        _ = self._register.api
        if not self._public_url:
            raise CommandError(
                "Parallel must be able to reach me, and TOCSIN_PUBLIC_URL is not set; "
                "ask whoever runs Tocsin to set it."
            )

    def _record(self, made: Monitor, definition: Definition, origin: Origin) -> KnownMonitor:
        return KnownMonitor(
            id=made.id,
            team_id=origin.team_id,
            channel_id=origin.channel_id,
            definition=definition,
            created_by=origin.user_id,
            created_at=made.created_at or self._clock(),
        )


def remade(monitor_id: str, definition: Definition) -> Answer:
    """Return what to say of a monitor that was made anew."""
    return answer(
        line("It runs again as a new monitor, ", code(monitor_id), ": ", bold(definition.query)),
        f"{runs(definition)} Whoever followed the old one follows it.",
        f"Its history starts anew, so some findings may come again. {FIRST_RUN}",
    )


def _origin(request: Request, channel_id: str, user_id: str) -> Origin:
    return Origin(
        request_id=request.id, team_id=request.team_id, channel_id=channel_id, user_id=user_id
    )
