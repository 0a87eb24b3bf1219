"""Which files get their own security policy: pages, workers and pictures, but not scripts and styles."""

from service import Service

from services.console.pages import digest

POLICY = "content-security-policy"


async def headers(service: Service, path: str) -> dict[str, str]:
    answer = await service.http.get(path)
    assert answer.status_code == 200, path
    return dict(answer.headers)


async def test_scripts_and_style_sheets_of_a_page_are_sent_without_policies(service: Service) -> None:
    for name in ("go/app.js", "css/go.css", "vendor/preact/preact.mjs"):
        found = await headers(service, f"/assets/{digest()}/{name}")
        assert POLICY not in found
        assert "permissions-policy" not in found
        assert found["x-content-type-options"] == "nosniff"


async def test_pages_workers_and_pictures_have_a_policy(service: Service) -> None:
    of_files = (
        f"/assets/{digest()}/{n}" for n in ("vendor/maplibre/maplibre-gl-worker.mjs", "icons/muster.svg")
    )
    for path in ("/", "/wall", "/go", "/go/worker.js", *of_files):
        assert "default-src 'self'" in (await headers(service, path))[POLICY], path


async def test_answers_of_the_api_may_run_and_load_nothing(service: Service) -> None:
    found = await headers(service, "/api/v1/session")
    assert found[POLICY] == "default-src 'none'; frame-ancestors 'none'"
    assert (found["x-content-type-options"], found["referrer-policy"]) == ("nosniff", "no-referrer")


async def test_the_courier_s_worker_may_serve_the_courier_s_page_alone(service: Service) -> None:
    found = await headers(service, "/go/worker.js")
    assert found["service-worker-allowed"] == "/go"
    assert found["cache-control"] == "no-cache"


async def test_the_worker_names_each_file_of_this_version(service: Service) -> None:
    text = (await service.http.get("/go/worker.js")).text
    assert "{{" not in text
    assert f"/assets/{digest()}/go/app.js" in text


async def test_the_page_can_be_installed(service: Service) -> None:
    found = (await service.http.get("/go/manifest.webmanifest")).json()
    assert (found["start_url"], found["scope"], found["display"]) == ("/go", "/go", "standalone")
    for icon in found["icons"]:
        assert (await service.http.get(icon["src"])).headers["content-type"] == "image/png"
