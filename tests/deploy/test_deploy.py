"""The examples in deploy/ fit together and to the code: ports, addresses, times, and what is closed stays closed."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lotse.cli.store_tools import ensure_stores, program
from lotse.operations.environment import DEFAULT_PORT, INTERNAL_PORT_OFFSET, STOP_SECONDS

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes/lotse.yml").read_text(encoding="utf-8")))
COMPOSE = yaml.safe_load((DEPLOY / "compose/compose.yml").read_text(encoding="utf-8"))
# The newest version that the locked package has; the kinds used here have been the same since 1.25.
SCHEMA_VERSION = "1.28.0"
WEB = "lotse.channels.web.channel.WebInput"
INTERNAL = DEFAULT_PORT + INTERNAL_PORT_OFFSET
# The Rasa server, then the action server; each is killed five seconds after its time.
LONGEST_STOP = 2 * (STOP_SECONDS + 5)


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    read: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in (DEPLOY / "systemd" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            read[section] = {}
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            read[section].setdefault(key, []).append(value)
    return read


def of_kind(kind: str) -> Any:
    return next(document for document in KUBERNETES if document["kind"] == kind)


def nginx_texts() -> list[str]:
    config_map = of_kind("ConfigMap")["data"]["default.conf"]
    return [(DEPLOY / "nginx/lotse.conf").read_text(encoding="utf-8"), config_map]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_read_by_systemd_and_hold_no_double_directive(path: Path, tmp_path: Path) -> None:
    RawConfigParser(strict=True).read_string(path.read_text(encoding="utf-8"))
    if (systemd := shutil.which("systemd-analyze")) is None:
        return
    # Programs and accounts of the example are not on this machine.
    text = re.sub(r"^Exec(Start\w*)=.*$", r"Exec\1=/bin/true", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.MULTILINE)
    for other in UNITS:
        (tmp_path / other.name).write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    (tmp_path / path.name).write_text(text.replace("/opt/lotse", str(tmp_path)), encoding="utf-8")
    command = [systemd, "verify", "--man=no", str(tmp_path / path.name)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    ours = [line for line in result.stderr.splitlines() if path.name in line]
    assert ours == []


def test_the_service_stops_no_turn_and_may_write_to_its_folders_only() -> None:
    service = unit("lotse.service")["Service"]
    assert int(service["TimeoutStopSec"][0]) > LONGEST_STOP
    assert service["ProtectSystem"] == ["strict"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["NoNewPrivileges"] == ["true"]
    assert {path.rsplit("/", 1)[1] for path in service["ReadWritePaths"][0].split()} == {".lotse", ".rasa", "models"}
    assert int(service["LimitNOFILE"][0]) >= 8192


@pytest.mark.parametrize("text", nginx_texts(), ids=["nginx", "kubernetes"])
def test_the_proxy_passes_on_the_chat_and_teams_only(text: str) -> None:
    passed = re.findall(r"location ([^{]+?)\s*\{[^}]*proxy_pass", text)
    assert set(passed) - {"= /metrics"} == {"/chat/", "= /teams/messages"}
    assert "location / { return 404; }" in text
    assert "X-Forwarded-For $proxy_add_x_forwarded_for" in text
    assert f"127.0.0.1:{DEFAULT_PORT}" in text
    # A redirect keeps the address and the port that the browser knows.
    assert "listen 443 ssl;" in text or "absolute_redirect off;" in text
    assert text.count("{") == text.count("}") or '\'{"error"' in text


def certificate(folder: Path) -> None:
    """A certificate of its own for a name that nobody has."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lotse.example.org")])
    begun = datetime(2026, 11, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(begun).not_valid_after(begun + timedelta(days=3650))
    (folder / "lotse.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "lotse.key").write_bytes(secret)


@pytest.mark.parametrize("text", nginx_texts(), ids=["nginx", "kubernetes"])
def test_nginx_itself_finds_nothing_wrong(text: str, tmp_path: Path) -> None:
    ensure_stores()
    certificate(tmp_path)
    (tmp_path / "lotse.conf").write_text(text.replace("/etc/nginx/tls", str(tmp_path)), encoding="utf-8")
    whole = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ include {tmp_path}/lotse.conf; }}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    command = [str(program("nginx")), "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0 and "[warn]" not in result.stderr, result.stderr


@pytest.mark.parametrize("text", nginx_texts(), ids=["nginx", "kubernetes"])
def test_nginx_tells_the_widget_in_json_that_no_server_answers(text: str) -> None:
    [body] = re.findall(r"return 503 '(.+)';", text)
    assert yaml.safe_load(body)["error"]["code"] == "busy"
    assert "error_page 502 503 504 = @away;" in text


def test_nginx_lets_in_as_many_of_one_address_as_the_lotse() -> None:
    text = nginx_texts()[0]
    web = yaml.safe_load((DEPLOY.parent / "credentials.yml").read_text(encoding="utf-8"))[WEB]
    [rate], [burst] = re.findall(r" rate=(\d+)r/s;", text), re.findall(r" burst=(\d+) nodelay;", text)
    [connections] = re.findall(r"limit_conn \w+ (\d+);", text)
    assert web["requests_per_address"] == f"{int(rate) * 60}/minute"
    # A chat that begins makes several requests at once.
    assert int(burst) > int(rate)
    assert int(connections) >= int(web["sessions_per_address"].removesuffix("/minute"))
    assert text.count("_status 429;") == 2 and "error_page 429 = @limited;" in text


def test_containers_run_without_root_and_cannot_change_themselves() -> None:
    pod = of_kind("Deployment")["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert pod["terminationGracePeriodSeconds"] > LONGEST_STOP
    for container in pod["containers"]:
        closed = container["securityContext"]
        assert closed["readOnlyRootFilesystem"] is True and closed["allowPrivilegeEscalation"] is False
        assert closed["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
    lotse = COMPOSE["services"]["lotse"]
    assert lotse["read_only"] is True and lotse["cap_drop"] == ["ALL"]
    assert int(lotse["stop_grace_period"].rstrip("s")) > LONGEST_STOP
    assert COMPOSE["services"]["nginx"]["network_mode"] == "service:lotse"
    docker = (DEPLOY / "compose/Dockerfile").read_text(encoding="utf-8")
    assert f"USER {pod['securityContext']['runAsUser']}" in docker
    assert "--require-hashes" in docker


def test_no_server_of_a_former_version_serves_while_a_new_one_changes_the_database() -> None:
    assert of_kind("Deployment")["spec"]["strategy"] == {"type": "Recreate"}


def test_probes_ask_the_internal_port_for_what_they_decide() -> None:
    [lotse, _] = of_kind("Deployment")["spec"]["template"]["spec"]["containers"]
    asked = {name: lotse[name]["exec"]["command"][-1] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {name: re.findall(r":(\d+)/health/(\w+)", command) for name, command in asked.items()} == {
        "startupProbe": [(str(INTERNAL), "live")],
        "livenessProbe": [(str(INTERNAL), "live")],
        "readinessProbe": [(str(INTERNAL), "ready")],
    }
    assert f":{INTERNAL}/health/ready" in COMPOSE["services"]["lotse"]["healthcheck"]["test"][-1]


def test_kubernetes_objects_point_to_each_other() -> None:
    labels = of_kind("Deployment")["spec"]["template"]["metadata"]["labels"]
    for selector in (
        of_kind("Deployment")["spec"]["selector"]["matchLabels"],
        of_kind("Service")["spec"]["selector"],
        of_kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        of_kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector == labels
    policy = of_kind("NetworkPolicy")["spec"]
    let_in = {port["port"] for rule in policy["ingress"] for port in rule["ports"]}
    listening = set(map(int, re.findall(r"listen (\d+);", of_kind("ConfigMap")["data"]["default.conf"])))
    assert let_in == listening
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}


@pytest.mark.parametrize("document", KUBERNETES, ids=lambda document: document["kind"])
def test_kubernetes_objects_follow_their_schema_and_have_no_unknown_field(document: Any) -> None:
    kubernetes_validate.validate(document, SCHEMA_VERSION, strict=True)


def test_the_schema_refuses_a_misspelt_field() -> None:
    deployment = deepcopy(of_kind("Deployment"))
    deployment["spec"]["template"]["spec"]["securityContext"]["runAsNonroot"] = True
    with pytest.raises(kubernetes_validate.ValidationError, match="runAsNonroot"):
        kubernetes_validate.validate(deployment, SCHEMA_VERSION, strict=True)


def test_no_example_holds_a_secret() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(PASSWORD|SECRET\w*)\s*[:=]\s*[A-Za-z0-9]{6,}", text), path
