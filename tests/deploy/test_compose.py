"""compose.yaml as resolved by Docker Compose: valid, closed, and consistent with the code."""

import json
import os
import re
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tools import compose, ran

from services.wiring.settings import Settings

ONCE = {"rights", "users", "migrate", "sealed", "tool", "backup", "backup-keys"}
OURS = {"api-1", "api-2", "projector-1", "projector-2", "migrate", "tool", "backup"}
BROKERS = {"kafka-1", "kafka-2", "kafka-3"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|POSTGRES$")
PUBLIC_FILES = {"kafka_ca", "kafka_certificate"}


def resolved(deploy: Path, *files: str) -> dict[str, Any]:
    """Return the files as resolved by Docker Compose with defaults. Fails with its errors."""
    variables = {name: "" for name in os.environ if name.startswith("MUSTER_")}
    named = [part for file in files for part in ("--file", str(deploy / file))]
    config = ("--env-file", os.devnull, *named, "--profile", "*", "config", "--format", "json")
    text = ran(compose(), *config, **variables)
    return json.loads(text)


@pytest.fixture(scope="module")
def plain(deploy: Path) -> dict[str, Any]:
    """Resolve compose.yaml alone."""
    return resolved(deploy, "compose.yaml")


@pytest.fixture(scope="module")
def tls(deploy: Path) -> dict[str, Any]:
    """Resolve compose.yaml with TLS to the brokers."""
    return resolved(deploy, "compose.yaml", "compose.tls.yaml")


@pytest.fixture(scope="module")
def services(plain: dict[str, Any]) -> dict[str, Any]:
    """Return the services by name."""
    return plain["services"]


def test_what_is_asked_for_is_there(services: dict[str, Any]) -> None:
    assert set(services) == OURS | BROKERS | {"rights", "users", "sealed", "backup-keys", "postgres", "proxy"}
    assert {services[name]["command"][0] for name in OURS} == {
        "serve",
        "projector",
        "migrate",
        "--help",
        "backup",
    }


def test_images_are_named_with_their_versions_and_those_of_others_by_digest(
    services: dict[str, Any], tls: dict[str, Any]
) -> None:
    """A registry can move a tag, but not what a digest names."""
    digests: dict[str, str] = {}
    for name, service in [*services.items(), *tls["services"].items()]:
        tag, _, digest = service["image"].partition("@")
        assert re.search(r":\d+\.\d+", tag), f"{name}: {service['image']}"
        if name not in OURS:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest), f"{name}: {service['image']}"
            assert digests.setdefault(tag, digest) == digest, f"{tag} has one digest everywhere"
    assert "build" in services["migrate"]


def test_what_runs_on_is_watched_and_started_again(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in ONCE:
            assert service["restart"] == "no", name
            assert service["healthcheck"] == {"disable": True}, name
        else:
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"][0] == "CMD", name
            assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"]), name


def test_every_service_is_closed_and_limited(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"]), name
        assert service["logging"]["options"]["max-size"], name


def test_only_the_proxy_is_published_and_only_here(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    assert [port["host_ip"] for port in services["proxy"]["ports"]] == ["127.0.0.1"]


def test_networks_keep_apart_what_need_not_meet(plain: dict[str, Any]) -> None:
    services = plain["services"]
    within = {name for name, network in plain["networks"].items() if network.get("internal")}
    assert within == {"edge", "log", "store"}
    outside = [name for name, service in services.items() if set(service["networks"]) - within]
    assert outside == ["proxy"]
    assert not {"log", "store"} & set(services["proxy"]["networks"])
    meets_store = {name for name, service in services.items() if "store" in service["networks"]}
    assert meets_store == OURS | {"postgres", "users", "backup-keys"}


def test_only_where_phones_are_woken_the_api_reaches_the_outside(plain: dict[str, Any], deploy: Path) -> None:
    push = resolved(deploy, "compose.yaml", "compose.push.yaml")
    before, after = plain["services"], push["services"]
    for name in before:
        more = {"out"} if name.startswith("api-") else set[str]()
        assert set(after[name]["networks"]) == set(before[name]["networks"]) | more, name
    assert not push["networks"]["out"].get("internal")


def test_what_an_operator_sets_beside_the_file_reaches_the_api(deploy: Path) -> None:
    given = {
        "MUSTER_PUSH_CONTACT": "mailto:desk@example.org",
        "MUSTER_PUSH_HOSTS": "push.example",
        "MUSTER_TILES": "/tiles/{z}/{x}/{y}.png",
        "MUSTER_TILES_ATTRIBUTION": "Example",
        "MUSTER_TILES_DATUM": "gcj02",
    }
    text = ran(
        *(compose(), "--env-file", os.devnull, "--file", str(deploy / "compose.yaml")),
        *("config", "--format", "json"),
        **given,
    )
    for name in ("api-1", "api-2"):
        environment = json.loads(text)["services"][name]["environment"]
        assert given.items() <= environment.items()


def test_no_secret_is_in_the_files(plain: dict[str, Any], deploy: Path) -> None:
    for name, service in plain["services"].items():
        for variable in service.get("environment", {}):
            assert not SECRET.search(variable) or variable.endswith("_FILE"), f"{name}: {variable}"
    for secret in plain["secrets"].values():
        assert Path(secret["file"]).parent == deploy / "secrets"
    assert "secrets/" in (deploy / ".gitignore").read_text().split()


def test_each_role_has_its_own_secrets_alone(services: dict[str, Any]) -> None:
    def held(name: str) -> set[str]:
        return {secret["source"] for secret in services[name].get("secrets", [])}

    users = {f"postgres_{name}" for name in ("migrate", "api", "projector", "tool", "backup")}
    assert held("api-1") == {"kafka_api", "postgres_api", "master_key"}
    assert held("projector-1") == {"kafka_projector", "postgres_projector"}
    assert held("tool") == held("backup") == {"kafka_projector", "postgres_tool", "master_key"}
    assert held("backup-keys") == {"postgres_backup"}
    assert held("migrate") == {"kafka_migrate", "postgres_migrate"}
    assert held("users") == users | {"postgres_password"}
    assert held("postgres") == {"postgres_password"}
    assert held("proxy") == set()
    assert all(held(name) == {"kafka_broker", "kafka_cluster_id"} for name in BROKERS)


def test_every_file_that_is_named_is_mounted(plain: dict[str, Any], tls: dict[str, Any]) -> None:
    for name, service in [*plain["services"].items(), *tls["services"].items()]:
        mounted = {Path(secret["target"]).name for secret in service.get("secrets", [])}
        named = {
            Path(value).name
            for value in service.get("environment", {}).values()
            if str(value).startswith("/run/secrets/")
        }
        assert named <= mounted, name


def test_every_setting_is_one_that_the_program_knows(tls: dict[str, Any], deploy: Path) -> None:
    fields = {f"MUSTER_{name.upper()}" for name in Settings.model_fields}
    for name in OURS:
        for variable in tls["services"][name]["environment"]:
            known = fields | {"PGSSLMODE", "PGSSLROOTCERT"}  # read by the driver
            assert known & {variable, variable.removesuffix("_FILE")}, f"{name}: {variable}"
    caddyfile = (deploy / "Caddyfile").read_text()
    assert all(f"{{${name}:" in caddyfile for name in tls["services"]["proxy"]["environment"])


def test_every_variable_of_the_scripts_is_one_that_they_read(tls: dict[str, Any], deploy: Path) -> None:
    for names, script in ((BROKERS, "start.sh"), ({"rights", "sealed"}, "rights.sh")):
        text = (deploy / "kafka" / script).read_text()
        for name in names:
            for variable in set(tls["services"][name]["environment"]) - {"KAFKA_HEAP_OPTS", "LOG_DIR"}:
                assert re.search(rf"\b{variable}\b", text), f"{name}: {variable}"


def test_the_program_asks_for_what_the_brokers_keep(services: dict[str, Any]) -> None:
    brokers = services["api-1"]["environment"]["MUSTER_KAFKA"].split(",")
    assert brokers == [f"{name}:9092" for name in sorted(BROKERS)]
    for name in BROKERS:
        own = services[name]["environment"]
        assert own["HOST"] == name
        assert f"{own['NODE_ID']}@{name}:9093" in own["VOTERS"].split(",")
    assert len({services[name]["environment"]["NODE_ID"] for name in BROKERS}) == len(BROKERS)


def test_things_start_in_their_order(services: dict[str, Any]) -> None:
    def after(name: str, condition: str) -> set[str]:
        found = services[name].get("depends_on", {})
        return {other for other, how in found.items() if how["condition"] == condition}

    assert after("rights", "service_healthy") == BROKERS
    assert after("users", "service_healthy") == {"postgres"}
    assert after("migrate", "service_completed_successfully") == {"rights", "users"}
    assert after("backup-keys", "service_completed_successfully") == {"backup"}, "keys after the log"
    assert after("sealed", "service_completed_successfully") == {"migrate"}
    for name in ("api-1", "api-2", "projector-1", "projector-2"):
        assert after(name, "service_completed_successfully") == {"sealed"}
        assert after(name, "service_healthy") == {"postgres"}


def test_what_is_kept_is_kept_in_named_volumes(plain: dict[str, Any], deploy: Path) -> None:
    targets = {
        name: {volume["target"] for volume in service.get("volumes", []) if volume["type"] == "volume"}
        for name, service in plain["services"].items()
    }
    assert all(targets[name] == {"/var/lib/kafka/data"} for name in BROKERS)
    assert targets["postgres"] == {"/var/lib/postgresql"}
    assert all(targets[name] == {"/var/lib/muster"} for name in OURS - {"backup"})
    assert targets["backup"] == {"/var/lib/muster", "/var/backups/muster"}
    assert targets["backup-keys"] == {"/var/backups/muster"}
    for service in plain["services"].values():
        for volume in service.get("volumes", []):
            if volume["type"] == "bind":
                assert volume["read_only"], volume
                assert Path(volume["source"]).exists(), volume


def test_with_tls_no_listener_is_left_in_the_clear(tls: dict[str, Any]) -> None:
    services = tls["services"]
    for name in BROKERS:
        assert services[name]["environment"]["TLS"] == "yes"
        assert {Path(secret["target"]).name for secret in services[name]["secrets"]} >= PUBLIC_FILES
    for name in OURS:
        assert services[name]["environment"]["MUSTER_KAFKA_SECURITY"] == "SASL_SSL"
    for name in OURS | {"users", "backup-keys"}:
        assert services[name]["environment"]["PGSSLMODE"] == "verify-full"
        assert services[name]["environment"]["PGSSLROOTCERT"] == "/run/secrets/kafka_ca"
    assert services["postgres"]["entrypoint"] == ["/muster/start.sh"]


def test_the_store_with_tls_refuses_connections_without(deploy: Path, tmp_path: Path) -> None:
    ran(deploy / "certificates.sh", tmp_path, "postgres")
    (tmp_path / "postgres.pem").rename(tmp_path / "postgres_certificate")
    own = {"SECRETS": str(tmp_path), "RUN": str(tmp_path), "ENTRYPOINT": "echo", "OWNER": str(os.getuid())}
    said = ran(deploy / "postgres" / "start.sh", "postgres", "--max_connections=200", **own).split()
    assert said[:2] == ["postgres", "--max_connections=200"]
    given = dict(word.removeprefix("--").split("=") for word in said[1:])
    assert (given["ssl"], given["ssl_min_protocol_version"]) == ("on", "TLSv1.3")
    key = Path(given["ssl_key_file"])
    assert stat.S_IMODE(key.stat().st_mode) == 0o600, "else PostgreSQL refuses it"
    assert "BEGIN CERTIFICATE" in key.read_text()
    hosts = [line.split() for line in Path(given["hba_file"]).read_text().splitlines()]
    assert [line[0] for line in hosts] == ["local", "hostssl"]


def test_the_image_has_the_version_of_the_program(services: dict[str, Any], deploy: Path) -> None:
    version = tomllib.loads((deploy.parent / "pyproject.toml").read_text())["project"]["version"]
    assert {services[name]["image"] for name in OURS} == {f"muster:{version}"}


def test_secrets_are_made_once_and_fit_the_file(plain: dict[str, Any], deploy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    ran(deploy / "secrets.sh", folder)
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(made) == {Path(secret["file"]).name for secret in plain["secrets"].values()}
    assert len(made["master_key"]) == 32
    assert re.fullmatch(rb"[\w-]{22}", made["kafka_cluster_id"]), "as Kafka's ids are"
    words = {made[f"postgres_{name}"] for name in ("migrate", "api", "projector", "tool", "backup")}
    assert len({word.split(b":")[2] for word in words}) == 5, "each user has its own password"
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    again = subprocess.run([deploy / "secrets.sh", folder], capture_output=True, check=True).stdout
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == made
    assert not again.startswith(b"made")
    assert all(secret not in again for secret in made.values())


def test_the_id_of_the_brokers_does_not_look_like_an_option(deploy: Path, tmp_path: Path) -> None:
    """One random id in 64 begins with a dash."""
    _program(tmp_path / "bin" / "head", "printf '\\370%.0s' $(seq \"$2\")")
    ran(deploy / "secrets.sh", tmp_path / "secrets", PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert (tmp_path / "secrets" / "kafka_cluster_id").read_text().startswith("APj4")


def test_brokers_start_with_an_id_that_looks_like_an_option(deploy: Path, tmp_path: Path) -> None:
    """As made by earlier versions."""
    _program(tmp_path / "kafka" / "bin" / "kafka-storage.sh", 'printf "%s\\n" "$@"')
    _program(tmp_path / "kafka" / "bin" / "kafka-server-start.sh", "echo started")
    for name, value in {"kafka_broker": "word", "kafka_cluster_id": "-Pj4-Pj4-Pj4-Pj4-Pj4-A"}.items():
        (tmp_path / name).write_text(value)
    folders = {"SECRETS": tmp_path, "DATA": tmp_path / "data", "RUN": tmp_path / "run"}
    said = ran(
        deploy / "kafka" / "start.sh",
        **{"NODE_ID": "1", "HOST": "x", "VOTERS": "1@x:1", "KAFKA_HOME": str(tmp_path / "kafka")},
        **{name: str(folder) for name, folder in folders.items()},
    )
    assert "--cluster-id=-Pj4-Pj4-Pj4-Pj4-Pj4-A" in said.splitlines()
    assert said.endswith("started\n")


def _program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_every_choice_is_documented(deploy: Path) -> None:
    manual = "".join((deploy.parent / "docs" / name).read_text() for name in ("operations.md", "cluster.md"))
    for variable in re.findall(r"\$\{(\w+)", (deploy / "compose.yaml").read_text()):
        assert f"| `{variable}` |" in manual, variable
    for name in set(Settings.model_fields) - {"data", "host", "port", "clock"}:
        assert f"MUSTER_{name.upper()}" in manual, name
