"""Finding sources: what is one, what is refused, and that the refusal names the culprit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.errors import ConfigError
from bot.plugins import discover, secret_setting

SOURCE = """
from bot.core.sources import Source
from bot.core.verify import SharedToken

source = Source(name={name!r}, title="T", scheme=SharedToken())
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder from which Python imports; what it imported is forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(path: Path, text: str = "") -> None:
    """Write a module, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def package(site: Path, **modules: str) -> str:
    """Write a package of handlers and return its name."""
    name = f"handlers_{site.name.replace('-', '_')}"
    write(site / name / "__init__.py")
    for module, text in modules.items():
        write(site / name / f"{module}.py", text)
    return name


def install(site: Path, value: str) -> None:
    """Pretend that a distribution with an entry point is installed."""
    write(site / "acme-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    write(site / "acme-1.0.dist-info/entry_points.txt", f"[tocsin.sources]\nacme = {value}\n")


def test_own_sources_are_found() -> None:
    """The four systems are there, and each takes part under its own name."""
    found = discover()

    assert list(found) == ["deck", "lytics", "parallel", "surfacedby"]
    assert all(source.name == name for name, source in found.items())


def test_finding_twice_registers_once() -> None:
    """Handlers are not doubled by a second look."""
    first = {name: len(source.handlers) for name, source in discover().items()}
    second = {name: len(source.handlers) for name, source in discover().items()}

    assert first == second


def test_module_without_source_is_none(site: Path) -> None:
    """A module of shared words is no source and no error."""
    name = package(site, words="source = 7", real=SOURCE.format(name="real"))

    assert list(discover(name)) == ["real"]


def test_modules_beside_a_source_are_imported(site: Path) -> None:
    """A handler is registered by its file being there."""
    name = package(site)
    write(site / name / "shop/__init__.py", SOURCE.format(name="shop"))
    write(
        site / name / "shop/order.py",
        f"from bot.core.events import Payload\nfrom {name}.shop import source\n"
        "source.on('order.lost', Payload)(lambda event, payload: source.plain(event))\n",
    )

    assert discover(name)["shop"].handler_for("order.lost")


@pytest.mark.parametrize("value", ["acme_tocsin", "acme_tocsin:source", "acme_tocsin:other"])
def test_installed_source_is_found(site: Path, value: str) -> None:
    """An entry point may name the module or the source in it."""
    write(site / "acme_tocsin.py", SOURCE.format(name="acme") + "other = source\n")
    install(site, value)

    assert list(discover(package(site))) == ["acme"]


@pytest.mark.parametrize("text", ["import nothing_of_this_name", "1 / 0", "raise KeyError('x')"])
def test_broken_module_is_named(site: Path, text: str) -> None:
    """The operator reads which plugin cannot be imported."""
    name = package(site, broken=text)

    with pytest.raises(ConfigError, match=rf"^{name}\.broken cannot be imported: "):
        discover(name)


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("acme_tocsin", "", "acme_tocsin is no Source"),
        ("acme_tocsin:nothing", "", "acme_tocsin:nothing is no Source"),
        ("acme_tocsin", "1 / 0", "acme_tocsin cannot be imported"),
        ("acme_missing", "", "acme_missing cannot be imported"),
    ],
)
def test_broken_entry_point_is_named(site: Path, value: str, text: str, said: str) -> None:
    """An installed package that brings no source is said so."""
    write(site / "acme_tocsin.py", text)
    install(site, value)

    with pytest.raises(ConfigError, match=said):
        discover(package(site))


@pytest.mark.parametrize("name", ["", "Acme", "a-b", "a/b", "..", "ä", "a" * 41])
def test_name_must_fit_a_url_and_a_setting(site: Path, name: str) -> None:
    """A name that cannot be typed in both is refused at the start."""
    with pytest.raises(ConfigError, match="name"):
        discover(package(site, odd=SOURCE.format(name=name)))


def test_two_sources_of_one_name_are_refused(site: Path) -> None:
    """Which of them would verify a webhook would be a matter of luck."""
    write(site / "acme_tocsin.py", SOURCE.format(name="acme"))
    install(site, "acme_tocsin")
    name = package(site, acme=SOURCE.format(name="acme"))

    with pytest.raises(ConfigError, match=rf"acme_tocsin and {name}\.acme are both called acme"):
        discover(name)


def test_secret_setting() -> None:
    """The name of the secret follows from the name of the source."""
    assert secret_setting("parallel") == "PARALLEL_WEBHOOK_SECRET"
