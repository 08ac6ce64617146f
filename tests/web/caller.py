"""Asks a running bot what its own document says may be asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import requests
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from bot.playground.stage import Stage

Case = Any
Operation = Any
"""Of schemathesis, whose classes depend on the kind of document."""

Sign = Callable[[bytes], dict[str, str]]

WITHOUT_BODY = ("get", "head")
ALWAYS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.response_headers_conformance,
]
OF_CONTENT = [checks.content_type_conformance, checks.response_schema_conformance]


class Caller:
    """Sends generated requests, so many for each operation; every answer must be documented."""

    def __init__(self, stage: Stage, examples: int) -> None:
        self._url = stage.bot.url
        self._database = stage.database
        self._examples = examples
        self._session = requests.Session()
        self._session.trust_env = False
        self.document: dict[str, Any] = self.call("GET", "/openapi.json").json()
        self._schema = schemathesis.openapi.from_dict(self.document)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def operations(self) -> Iterator[Operation]:
        """Yield every operation of the document."""
        for path, known in self.document["paths"].items():
            yield from (self.operation(path, method) for method in known)

    def operation(self, path: str, method: str) -> Operation:
        """Return one operation."""
        return self._schema[path][method]

    def each(self, cases: st.SearchStrategy[Any], look: Callable[[Any], None]) -> None:
        """Look at many examples."""

        @settings(max_examples=self._examples)
        @given(cases)
        def walk(example: Any) -> None:
            look(example)

        walk()

    def send(self, case: Case, sign: Sign | None = None) -> requests.Response:
        """Send a request, signed or as it was generated, and return the answer.

        Raises:
            schemathesis.errors.FailureGroup: the document does not know such an answer.
        """
        request = requests.Request(**_words(case.as_transport_kwargs(self._url))).prepare()
        if sign is not None:
            body = _bytes(request.body)
            request.prepare_body(body, None)
            request.headers.update(sign(body))
        answer = self._session.send(request, allow_redirects=False, timeout=10)
        case.validate_response(answer, [*ALWAYS, *(OF_CONTENT if answer.content else ())])
        return answer

    def call(self, method: str, path: str) -> requests.Response:
        """Send an empty request that need not be in the document."""
        return self._session.request(method, self._url + path, allow_redirects=False, timeout=10)

    def count(self, of: str, *values: object) -> int:
        """Return how many rows the bot's database has; `of` is what follows FROM."""
        with closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True)) as database:
            (number,) = database.execute(f"SELECT COUNT(*) FROM {of}", values).fetchone()  # noqa: S608
        return int(number)


def any_case(operation: Operation) -> st.SearchStrategy[Case]:
    """Return requests of an operation, as the document wants them and as it does not."""
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    # Without a body there is nothing that could be wrong.
    chosen = modes[:1] if operation.method in WITHOUT_BODY else modes
    return st.one_of([operation.as_strategy(mode) for mode in chosen])


def _words(generated: dict[str, Any]) -> dict[str, Any]:
    """Return what makes a request, without what is about the connection."""
    return {name: value for name, value in generated.items() if name not in {"timeout", "verify"}}


def sent(answer: requests.Response) -> bytes:
    """Return the body of the request that was answered so."""
    return _bytes(answer.request.body)


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
