"""SurfacedBy: the list of domains."""

from aiohttp import ClientSession

from tests.apis.vendors import SurfacedBySim, surfacedby


async def test_every_domain_of_every_page() -> None:
    """All pages are read, in both spellings of a row, and a row without an id is none."""
    async with SurfacedBySim() as sim, ClientSession() as session:
        sim.domains = [
            {"domain_id": "dom_1", "domain": "acme.example"},
            {"id": "dom_2", "name": "other.example"},
            {"id": "dom_3"},
            {"domain": "nowhere.example"},
        ]
        api = surfacedby(sim, session)

        domains = await api.list("domain")
        workspaces = await api.list("workspace")

    assert [(one.kind, one.id, one.name) for one in domains] == [
        ("domain", "dom_1", "acme.example"),
        ("domain", "dom_2", "other.example"),
        ("domain", "dom_3", None),
    ]
    assert workspaces == ()
    assert sim.count("list_domains") == 2
