#!/usr/bin/env python3
"""Casebook over the configuration of a large cell, beside `xmllint --noout` over the same files.

    cargo build --release && python3 benches/configuration.py            10,000 files, five pairs
    python3 benches/configuration.py --files 500 --runs 1                a look
    python3 benches/configuration.py --write /tmp/cell                   only write the files

The cell is written first: one `security.xml` with an SSL configuration for each node, and for every node its
`serverindex.xml` and a few servers, each with a `server.xml` of some 20 KB in the shapes that WebSphere writes (components
and services in several levels, session management, thread pools, process definitions). Every file is well-formed XML and
nothing in it is a problem that the built-in rules know. The same arguments write the same bytes.

`xmllint` builds a tree of each file and throws it away: the floor that parsing alone costs. Casebook finds the files, tells
what they are, parses them, keeps what its rules want to see, hands it to the sandboxed plugin, and reports. Both read from
the page cache, one after the other, A B A B …; times are those of whole processes, `xmllint` on its one thread, Casebook on
one and on two. What was measured goes to `--out` as JSON, and a table in Markdown to standard output.
"""

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVERS = 8  # of a node


def server_xml(cell, node, server, rng):
    """A server's configuration, about 20 KB of it."""
    stamp = 1_380_000_000_000 + rng.randrange(10**9)
    pools = "\n".join(
        f'  <threadPools xmi:id="ThreadPool_{stamp + n}" minimumSize="{rng.choice([0, 10, 20])}" '
        f'maximumSize="{rng.choice([20, 50, 100])}" inactivityTimeout="3500" isGrowable="false" name="{name}" '
        f'description="The pool named {name} is used by components of the server"/>'
        for n, name in enumerate(
            "server.startup Default WebContainer ORB.thread.pool SIBFAPThreadPool SIBFAPInboundThreadPool "
            "SIBJMSRAThreadPool TCPChannel.DCS WMQJCAResourceAdapter".split()
        )
    )
    channels = "\n".join(
        f'    <transportChannels xmi:type="channelservice.channels:{kind}" xmi:id="{kind}_{stamp}_{n}" '
        f'name="{kind.upper()}_{n}" discriminationWeight="{rng.randrange(1, 20)}" endPointName="WC_defaulthost_{n}" '
        f'maxOpenConnections="20000" inactivityTimeout="60" threadPool="ThreadPool_{stamp + 2}">\n'
        f'      <properties xmi:id="Property_{stamp}_{n}" name="keepAlive{n}" value="true" '
        f'description="Kept from the default of the channel" required="false"/>\n'
        f"    </transportChannels>"
        for n, kind in enumerate(["TCPInboundChannel", "SSLInboundChannel", "HTTPInboundChannel", "WebContainerInboundChannel"] * 6)
    )
    jvm = "\n".join(
        f'      <systemProperties xmi:id="Property_{stamp}_jvm_{n}" name="com.example.setting.number{n}" '
        f'value="{rng.randrange(10**6)}" required="false"/>'
        for n in range(40)
    )
    services = "\n".join(
        f'  <services xmi:type="{kind}" xmi:id="{kind.split(":")[-1]}_{stamp}" enable="true" context="{server}">\n'
        f'    <properties xmi:id="Property_{stamp}_{kind.split(":")[-1]}" name="enabled" value="{rng.choice(["true", "false"])}" required="false"/>\n'
        f"  </services>"
        for kind in [
            "pmiservice:PMIService",
            "traceservice:TraceService",
            "adminservice:AdminService",
            "coregroupbridgeservice:CoreGroupBridgeService",
            "loggingservice.ras:RASLoggingService",
            "tpvservice:TPVService",
            "hamanagerservice:HAManagerService",
        ]
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<process:Server xmi:version="2.0" xmlns:xmi="http://www.omg.org/XMI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:applicationserver="http://www.ibm.com/websphere/appserver/schemas/5.0/applicationserver.xmi" xmlns:applicationserver.webcontainer="http://www.ibm.com/websphere/appserver/schemas/5.0/applicationserver.webcontainer.xmi" xmlns:process="http://www.ibm.com/websphere/appserver/schemas/5.0/process.xmi" xmi:id="Server_{stamp}" name="{server}" clusterName="">
  <stateManagement xmi:id="StateManageable_{stamp}" initialState="START"/>
  <statisticsProvider xmi:id="StatisticsProvider_{stamp}" specification="com.ibm.orb=enabled"/>
{services}
  <services xmi:type="channelservice:TransportChannelService" xmi:id="TransportChannelService_{stamp}" enable="true">
{channels}
  </services>
{pools}
  <components xmi:type="namingserver:NameServer" xmi:id="NameServer_{stamp}">
    <stateManagement xmi:id="StateManageable_{stamp}_1" initialState="START"/>
  </components>
  <components xmi:type="applicationserver:ApplicationServer" xmi:id="ApplicationServer_{stamp}" applicationClassLoaderPolicy="MULTIPLE">
    <stateManagement xmi:id="StateManageable_{stamp}_2" initialState="START"/>
    <services xmi:type="transactionservice:TransactionService" xmi:id="TransactionService_{stamp}" enable="true" totalTranLifetimeTimeout="120" clientInactivityTimeout="60"/>
    <services xmi:type="dynacacheservice:DynamicCache" xmi:id="DynamicCache_{stamp}" enable="true" defaultPriority="1" cacheSize="2000"/>
    <components xmi:type="applicationserver.webcontainer:WebContainer" xmi:id="WebContainer_{stamp}" enableServletCaching="false" disablePooling="false">
      <stateManagement xmi:id="StateManageable_{stamp}_3" initialState="START"/>
      <services xmi:type="applicationserver.webcontainer:SessionManager" xmi:id="SessionManager_{stamp}" enable="true" enableUrlRewriting="false" enableCookies="true" enableSSLTracking="false" sessionPersistenceMode="NONE">
        <defaultCookieSettings xmi:id="Cookie_{stamp}" domain="" maximumAge="-1" secure="false" httpOnly="true"/>
        <tuningParams xmi:id="TuningParams_{stamp}" allowOverflow="true" invalidationTimeout="30" maxInMemorySessionCount="1000"/>
      </services>
    </components>
  </components>
  <processDefinitions xmi:type="processexec:JavaProcessDef" xmi:id="JavaProcessDef_{stamp}" workingDirectory="${{USER_INSTALL_ROOT}}" executableTargetKind="JAVA_CLASS" executableTarget="com.ibm.ws.runtime.WsServer">
    <execution xmi:id="ProcessExecution_{stamp}" processPriority="20" runAsUser="" runAsGroup=""/>
    <ioRedirect xmi:id="OutputRedirect_{stamp}" stdoutFilename="${{SERVER_LOG_ROOT}}/native_stdout.log" stderrFilename="${{SERVER_LOG_ROOT}}/native_stderr.log"/>
    <monitoringPolicy xmi:id="MonitoringPolicy_{stamp}" maximumStartupAttempts="3" pingInterval="60" pingTimeout="300" autoRestart="true" nodeRestartState="STOPPED"/>
    <jvmEntries xmi:id="JavaVirtualMachine_{stamp}" verboseModeClass="false" verboseModeGarbageCollection="true" initialHeapSize="512" maximumHeapSize="1024" genericJvmArguments="">
{jvm}
    </jvmEntries>
  </processDefinitions>
</process:Server>
"""


def serverindex_xml(cell, node, servers, rng):
    """The servers of a node and their ports."""
    entries = []
    for server in servers:
        ports = "\n".join(
            f'    <specialEndpoints xmi:id="NamedEndPoint_{server}_{name}" endPointName="{name}">\n'
            f'      <endPoint xmi:id="EndPoint_{server}_{name}" host="{node}.acme.example" port="{rng.randrange(9000, 9999)}"/>\n'
            f"    </specialEndpoints>"
            for name in "BOOTSTRAP_ADDRESS SOAP_CONNECTOR_ADDRESS ORB_LISTENER_ADDRESS SIB_ENDPOINT_ADDRESS WC_defaulthost WC_defaulthost_secure SIP_DEFAULTHOST".split()
        )
        entries.append(
            f'  <serverEntries xmi:id="ServerEntry_{server}" serverName="{server}" serverType="APPLICATION_SERVER">\n{ports}\n  </serverEntries>'
        )
    body = "\n".join(entries)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<serverindex:ServerIndex xmi:version="2.0" xmlns:xmi="http://www.omg.org/XMI" xmlns:serverindex="http://www.ibm.com/websphere/appserver/schemas/5.0/serverindex.xmi" xmi:id="ServerIndex_1" hostName="{node}.acme.example">
{body}
</serverindex:ServerIndex>
"""


def security_xml(cell, nodes):
    """The cell's security: key stores, a management scope and an SSL configuration for each node."""
    parts = []
    for number, node in enumerate(nodes, start=2):
        parts.append(
            f"""  <managementScopes xmi:id="ManagementScope_{number}" scopeName="(cell):{cell}:(node):{node}" scopeType="node"/>
  <keyStores xmi:id="KeyStore_{number}" name="NodeDefaultKeyStore" password="{{xor}}CDo9Hgw=" provider="IBMJCE" location="${{CONFIG_ROOT}}/cells/{cell}/nodes/{node}/key.p12" type="PKCS12" fileBased="true" managementScope="ManagementScope_{number}"/>
  <repertoire xmi:id="SSLConfig_{number}" alias="NodeDefaultSSLSettings" managementScope="ManagementScope_{number}">
    <setting xmi:id="SecureSocketLayer_{number}" clientAuthentication="false" securityLevel="HIGH" enabledCiphers="" jsseProvider="IBMJSSE2" sslProtocol="SSL_TLSv2" keyStore="KeyStore_{number}" trustStore="KeyStore_{number}" trustManager="TrustManager_1" keyManager="KeyManager_1"/>
  </repertoire>
  <sslConfigGroups xmi:id="SSLConfigGroup_{number}_in" name="{node}" direction="inbound" certificateAlias="default" sslConfig="SSLConfig_{number}" managementScope="ManagementScope_{number}"/>
  <sslConfigGroups xmi:id="SSLConfigGroup_{number}_out" name="{node}" direction="outbound" certificateAlias="default" sslConfig="SSLConfig_{number}" managementScope="ManagementScope_{number}"/>"""
        )
    body = "\n".join(parts)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<security:Security xmi:version="2.0" xmlns:xmi="http://www.omg.org/XMI" xmlns:security="http://www.ibm.com/websphere/appserver/schemas/5.0/security.xmi" xmi:id="Security_1" enabled="true" cacheTimeout="600" activeProtocol="CSI">
  <managementScopes xmi:id="ManagementScope_1" scopeName="(cell):{cell}" scopeType="cell"/>
  <keyStores xmi:id="KeyStore_1" name="CellDefaultKeyStore" password="{{xor}}CDo9Hgw=" provider="IBMJCE" location="${{CONFIG_ROOT}}/cells/{cell}/key.p12" type="PKCS12" fileBased="true" managementScope="ManagementScope_1"/>
  <repertoire xmi:id="SSLConfig_1" alias="CellDefaultSSLSettings" managementScope="ManagementScope_1">
    <setting xmi:id="SecureSocketLayer_1" clientAuthentication="false" securityLevel="HIGH" enabledCiphers="" jsseProvider="IBMJSSE2" sslProtocol="SSL_TLSv2" keyStore="KeyStore_1" trustStore="KeyStore_1"/>
  </repertoire>
{body}
</security:Security>
"""


def write(folder, files):
    """Writes a cell of about `files` files; gives the number and the bytes."""
    rng = random.Random(1)
    cell = "acmeCell"
    nodes = max(1, files // (SERVERS + 1))
    names = [f"node{n:04}" for n in range(nodes)]
    root = folder / "websphere/profiles/dmgr01/config/cells" / cell
    written = {root / "security.xml": security_xml(cell, names)}
    count, total = 1, 0
    put(folder / "environment.toml", 'name = "acme"\n[products]\nwebsphere = "8.5.5.10"\n')
    for node in names:
        servers = [f"server{n}" for n in range(1, SERVERS + 1)]
        written[root / "nodes" / node / "serverindex.xml"] = serverindex_xml(cell, node, servers, rng)
        for server in servers:
            if count + 1 >= files:
                break
            written[root / "nodes" / node / "servers" / server / "server.xml"] = server_xml(cell, node, server, rng)
            count += 1
        count += 1
        if count >= files:
            break
        for path, text in written.items():
            total += put(path, text)
        written = {}
    for path, text in written.items():
        total += put(path, text)
    listed = sorted(folder.rglob("*.xml"))
    return listed, total


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return len(text.encode())


def run(command, statuses):
    """Runs a whole process: seconds, largest memory in MiB, what it printed."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
    if process.returncode not in statuses:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024, text


def version(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else "?"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--casebook", default=str(ROOT / "target/release/casebook"))
    parser.add_argument("--write", metavar="DIR", help="only write the files there")
    parser.add_argument("--out", help="where the figures go as JSON")
    arguments = parser.parse_args()
    if arguments.write:
        files, total = write(Path(arguments.write), arguments.files)
        print(f"{len(files)} files, {total} bytes")
        return
    if not shutil.which("xmllint"):
        sys.exit("xmllint is not here; on Debian it is in the package libxml2-utils")
    with tempfile.TemporaryDirectory(prefix="casebook-configuration-") as name:
        folder = Path(name)
        files, total = write(folder, arguments.files)
        paths = [str(path) for path in files]
        for path in files:
            path.read_bytes()
        tools = {"xmllint --noout ×1": (["xmllint", "--noout", *paths], (0,))}
        for threads in arguments.threads.split(","):
            command = [arguments.casebook, "scan", str(folder), "--format", "jsonl", "--threads", threads, "--quiet"]
            tools[f"casebook scan ×{threads}"] = (command, (0, 1))
        seconds = {tool: [] for tool in tools}
        memory = {tool: 0 for tool in tools}
        for number in range(arguments.runs + 1):  # the first warms up and is not counted
            for tool, (command, statuses) in tools.items():
                took, peak, text = run(command, statuses)
                if tool.startswith("casebook"):
                    summary = json.loads(text.strip().splitlines()[-1])
                    if not summary["complete"] or summary["files"] < len(files):
                        sys.exit(f"casebook did not read everything: {summary}")
                if number:
                    seconds[tool].append(took)
                    memory[tool] = max(memory[tool], peak)
    floor = seconds["xmllint --noout ×1"]
    print(f"{processor()}, {os.cpu_count()} logical cores; {len(files)} files, {total / 1e6:.0f} MB; "
          f"{version(['xmllint', '--version'])}; {version([arguments.casebook, '--version'])}\n")
    print("| tool | seconds (median) | files per second | MB/s | × the time of xmllint, pair by pair (median) | memory, MiB |")
    print("|---|---:|---:|---:|---:|---:|")
    figures = {}
    for tool, times in seconds.items():
        median = statistics.median(times)
        ratio = statistics.median(own / other for own, other in zip(times, floor))
        print(f"| {tool} | {median:.2f} | {len(files) / median:,.0f} | {total / median / 1e6:.0f} | {ratio:.2f} | {memory[tool]:.0f} |")
        figures[tool] = {"seconds": times, "memory_mib": memory[tool], "ratio": ratio}
    if arguments.out:
        Path(arguments.out).write_text(json.dumps({"files": len(files), "bytes": total, "tools": figures}, indent=1))


if __name__ == "__main__":
    main()
