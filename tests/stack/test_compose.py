"""The compose file: valid, pinned, healthy before others count on it, closed but for loopback, and complete."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack import containers
from stack.demo import ADMIN
from stack.tools import ROOT, tool
from sync.sandbox.serve import running_sandbox

COMPOSE = yaml.safe_load(containers.COMPOSE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
FOLDER = containers.COMPOSE.parent
EACH = pytest.mark.parametrize("name", SERVICES)


def built_from(service: dict[str, Any]) -> list[str]:
    """The images that a service runs or is built from, by itself or by another."""
    builds = [each["build"] for each in SERVICES.values() if "build" in each and each["image"] == service["image"]]
    if not builds:
        return [service["image"]]
    [build] = builds
    path = FOLDER / build["context"] / build.get("dockerfile", "Dockerfile")
    return re.findall(r"^FROM (\S+)", path.read_text(), re.MULTILINE)


def mounts(service: dict[str, Any]) -> list[tuple[str, str]]:
    """Source and target of what is mounted."""
    return [(source, target) for source, target, *_ in (each.split(":") for each in service.get("volumes", []))]


def test_the_file_is_what_the_compose_specification_allows() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", containers.COMPOSE]
    ran = subprocess.run(check, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_everything_of_the_plan_runs() -> None:
    wanted = {"grafana", "prometheus", "alertmanager", "loki", "tempo", "collector", "redis", "redis-replica"}
    wanted |= {"redis-exporter", "redis-replica-exporter", "haproxy", "node-exporter", "simulator"}
    assert wanted <= SERVICES.keys()
    assert SERVICES["grafana"]["image"].startswith("grafana/grafana:12.4.")


@EACH
def test_images_are_pinned(name: str) -> None:
    for image in built_from(SERVICES[name]):
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?", image), image


@EACH
def test_an_image_of_ours_is_built_by_one_service_and_there_before_others_start(name: str) -> None:
    # Compose builds side by side: two that export the same tag fail with "already exists".
    image = SERVICES[name]["image"]
    builders = [each for each, service in SERVICES.items() if "build" in service and service["image"] == image]
    if not builders:
        assert "pull_policy" not in SERVICES[name]
        return
    [builder] = builders
    if name == builder:
        assert SERVICES[name]["pull_policy"] == "build"
    else:
        assert SERVICES[name]["pull_policy"] == "never"
        assert SERVICES[name]["depends_on"][builder] == {"condition": "service_healthy"}


@EACH
def test_every_server_is_asked_whether_it_is_well(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= check.keys()


@EACH
def test_ports_are_bound_to_loopback_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port)
    assert SERVICES[name].get("network_mode") is None


@EACH
def test_a_server_waits_for_those_that_it_needs_and_they_exist(name: str) -> None:
    needed = SERVICES[name].get("depends_on", {})
    assert needed.keys() <= SERVICES.keys() - {name}
    assert {each["condition"] for each in needed.values()} <= {"service_healthy"}


@EACH
def test_what_is_mounted_exists_or_is_made(name: str, tmp_path: Path) -> None:
    containers.prepare(tmp_path / "compose")
    for source, _ in mounts(SERVICES[name]):
        if source.startswith("../.stack/compose/"):
            assert (tmp_path / "compose" / Path(source).name).exists(), source
        elif source.startswith("."):
            assert (FOLDER / source).exists(), source
        else:
            assert source in COMPOSE["volumes"] or source == "/"


def test_every_volume_and_secret_is_used() -> None:
    used = {source for service in SERVICES.values() for source, _ in mounts(service)}
    assert COMPOSE["volumes"].keys() <= used
    assert {each for service in SERVICES.values() for each in service.get("secrets", [])} == COMPOSE["secrets"].keys()


def test_nobody_enters_grafana_without_the_password_that_was_made() -> None:
    grafana = SERVICES["grafana"]["environment"]
    secret = grafana["GF_SECURITY_ADMIN_PASSWORD__FILE"]
    assert secret == f"/run/secrets/{containers.PASSWORD}"
    assert COMPOSE["secrets"][containers.PASSWORD]["file"] == f"../.stack/compose/{containers.PASSWORD}"
    assert grafana["GF_AUTH_ANONYMOUS_ENABLED"] == grafana["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert "GF_SECURITY_ADMIN_PASSWORD" not in grafana
    assert "password" not in containers.COMPOSE.read_text().replace(containers.PASSWORD, "").replace("PASSWORD", "")


def test_the_password_is_made_once_in_a_folder_of_this_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "compose"
    containers.prepare(folder)
    made = (folder / containers.PASSWORD).read_text()
    assert len(made) >= 32
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    containers.prepare(folder)
    assert (folder / containers.PASSWORD).read_text() == made
    other = tmp_path / "other"
    containers.prepare(other)
    assert (other / containers.PASSWORD).read_text() != made


def test_grafana_knows_the_address_of_every_data_source() -> None:
    source = "../rendered/provisioning/datasources.yaml"
    assert source in dict(mounts(SERVICES["grafana"]))
    wanted = set(
        re.findall(r"(?<!\$)\$\{(\w+)\}", re.sub(r"^#.*", "", (FOLDER / source).read_text(), flags=re.MULTILINE))
    )
    environment = SERVICES["grafana"]["environment"]
    assert wanted == {"PROMETHEUS_URL", "LOKI_URL", "TEMPO_URL", "ALERTMANAGER_URL"}
    for name in wanted:
        host = environment[name].removeprefix("http://").split(":")[0]
        assert SERVICES["grafana"]["depends_on"][host] == {"condition": "service_healthy"}


def test_prometheus_scrapes_and_tells_servers_that_are_there() -> None:
    text = (FOLDER / "prometheus" / "prometheus.yaml").read_text()
    config = yaml.safe_load(text)
    jobs = [*config["scrape_configs"], *config["alerting"]["alertmanagers"]]
    groups = [group for job in jobs for group in job.get("static_configs", [])]
    targets = [target for group in groups for target in group["targets"]]
    assert {target.split(":")[0] for target in targets} <= SERVICES.keys()
    assert "http://simulator:9700/sd" in text
    assert {"--port=9700", "--host=0.0.0.0"} <= {*SERVICES["simulator"]["command"]}
    # What runs for real isn't simulated beside it.
    [dropped] = config["scrape_configs"][0]["relabel_configs"]
    real = {job["job_name"] for job in config["scrape_configs"][1:]}
    assert set(dropped["regex"].split("|")) == real - {"redis", "haproxy", "node"}


def test_rules_lie_where_the_configuration_looks_for_them() -> None:
    mounted = {target: source for source, target in mounts(SERVICES["prometheus"])}
    [pattern] = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yaml").read_text())["rule_files"]
    looked = Path(os.path.normpath(f"/phoenix/stack/prometheus/{pattern}"))
    assert mounted[str(looked.parent)] == "../rendered/rules"
    assert mounted["/phoenix/stack/prometheus"] == "./prometheus"


@pytest.mark.needs("amtool")
def test_alertmanager_gets_the_rendered_routes_and_nothing_leaves_the_stack(tmp_path: Path) -> None:
    containers.prepare(tmp_path)
    config = tmp_path / "alertmanager" / "alertmanager.yaml"
    subprocess.run([tool("amtool"), "check-config", config], check=True, capture_output=True)
    ours, rendered = (yaml.safe_load(path.read_text()) for path in (config, ROOT / "rendered" / "alertmanager.yaml"))
    assert ours["route"] == rendered["route"]
    assert ours["inhibit_rules"] == rendered["inhibit_rules"]
    assert ours["global"]["pagerduty_url"].startswith("http://outbox:")
    assert ours["global"]["smtp_smarthost"].startswith("outbox:")
    named = re.findall(r"_file: (\S+)", config.read_text())
    for each in named:
        assert each.startswith("/etc/alertmanager/secrets/")
        secret = tmp_path / "alertmanager" / "secrets" / Path(each).name
        assert stat.S_IMODE(secret.stat().st_mode) == 0o644  # the container's user is another one
        assert not re.search(r"https?://(?!outbox:)", secret.read_text())


@pytest.mark.needs("haproxy")
def test_haproxy_takes_its_configuration() -> None:
    environment = {
        **SERVICES["haproxy"]["environment"],
        "PHOENIX_SIMULATOR": "127.0.0.1:9700",
        "PATH": os.environ["PATH"],
    }
    check = [tool("haproxy"), "-c", "-f", FOLDER / "haproxy" / "haproxy.cfg"]
    ran = subprocess.run(check, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "WARNING" not in ran.stderr


def test_the_image_of_our_programs_has_what_they_import() -> None:
    """In an interpreter that sees the image's folders and packages and nothing else of ours."""
    dockerfile = (FOLDER / "simulator" / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (\w+) \1$", dockerfile, re.MULTILINE))
    ignored = set(re.findall(r"^!(\w+)$", (FOLDER / "simulator" / "Dockerfile.dockerignore").read_text(), re.MULTILINE))
    assert copied == ignored
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (FOLDER / "requirements.txt").read_text(), re.MULTILINE))
    programs = "stack.simulator.__main__, stack.simulator.telemetry.telemetry, stack.outbox, stack.load"
    script = (
        f"import sys, json, {programs}\n"
        "from importlib.metadata import packages_distributions\n"
        "known = packages_distributions()\n"
        "names = {name.split('.')[0] for name in sys.modules}\n"
        "print(json.dumps([sorted(names - sys.stdlib_module_names), {n: known[n] for n in names if n in known}]))"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    modules, known = json.loads(told)
    own = {name for name in modules if (ROOT / name).is_dir()}
    assert own <= copied
    brought = {each[0].lower().replace("_", "-") for name, each in known.items() if name not in own}
    assert brought - {"setuptools", "dash-sync"} <= pinned


def test_dashboards_are_pushed_with_the_password_that_was_made(tmp_path: Path) -> None:
    (tmp_path / containers.PASSWORD).write_text("admin")  # the sandbox's
    with running_sandbox() as url:
        assert containers.push(tmp_path, url) == 0
        request = urllib.request.Request(f"{url}/api/search?type=dash-db", headers={"Authorization": ADMIN})
        found = json.load(urllib.request.urlopen(request))
    rendered = (ROOT / "rendered" / "dashboards").rglob("*.json")
    assert {each["uid"] for each in found} == {json.loads(path.read_text())["uid"] for path in rendered}
    assert "admin" not in (tmp_path / "dash-sync.yaml").read_text()


def test_without_compose_it_is_said_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stack.containers", "up"]
    ran = subprocess.run(command, env={"PATH": str(tmp_path)}, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: `docker compose` is missing: install Docker with its Compose plugin")
