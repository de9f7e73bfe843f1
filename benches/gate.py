#!/usr/bin/env python3
"""Decisions of the photo gate a second: in the sandbox, in native code, and by the real httpd that answers them; and an access
log replayed through the gate, on one thread and on two.

Needs Apache httpd (apache2 or httpd) and its `ab`; without them that row is left out. Run from the root of the repository:

    cargo build --release && python3 benches/gate.py [--lines 2000000]
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time

GATE = pathlib.Path(__file__).with_name("gate.rs").read_text().split('const ARTICLE: &str = r"', 1)[1].split('";', 1)[0]


def run(command, **options):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options).stdout


def sandbox():
    """Requests a second through the plugin, and seconds for the addresses of 200 networks."""
    told = run(["cargo", "bench", "--bench", "gate", "--", "--output-format", "bencher"])
    times = dict(re.findall(r"test (.+?) \.\.\. bench: +([\d,]+) ns/iter", told))
    of = lambda name: int(next(value for key, value in times.items() if name in key).replace(",", "")) / 1e9
    return 4096 / of("decide"), of("2.2"), of("2.4")


def native():
    told = run(["cargo", "run", "--release", "--quiet", "--example", "speed"], cwd="plugins/photo-gate")
    return int(re.search(r"(\d+) requests a second", told)[1])


def httpd():
    """Requests a second that the real server answers over kept connections: it decides, and sends a redirect or a file."""
    server = next((found for name in ("apache2", "httpd") if (found := shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"))), None)
    ab = shutil.which("ab")
    if not server or not ab:
        return None
    modules = next(folder for folder in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules") if os.path.isdir(folder))
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        photos = pathlib.Path(folder, "photos")
        photos.mkdir()
        photos.chmod(0o755)
        os.chmod(folder, 0o755)
        pathlib.Path(folder, "photos", "ben.jpg").write_bytes(b"x" * 4000)
        loaded = "".join(f'LoadModule {name}_module "{modules}/mod_{name}.so"\n' for name in ("mpm_event", "authz_core", "rewrite", "alias"))
        conf = pathlib.Path(folder, "httpd.conf")
        conf.write_text(
            f"{loaded}ServerRoot {folder}\nListen 127.0.0.1:{port}\nServerName x\nPidFile {folder}/pid\nErrorLog {folder}/log\n"
            f"User nobody\nGroup nogroup\nMaxKeepAliveRequests 0\n<VirtualHost *:{port}>\nServerName photos.example\n"
            f"DocumentRoot {folder}\n{GATE}</VirtualHost>\n"
        )
        process = subprocess.Popen([server, "-X", "-f", str(conf)])
        try:
            time.sleep(1)
            told = run([ab, "-k", "-q", "-n", "100000", "-c", "2", f"http://127.0.0.1:{port}/photos/ben.jpg"])
            return float(re.search(r"Requests per second: +([\d.]+)", told)[1])
        finally:
            process.terminate()
            process.wait()


def replay(lines):
    """Seconds for an access log of so many requests for photos: 6,000 photos, four of five requests from inside, hardly an address twice."""
    casebook = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target"), "release", "casebook")
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "conf").mkdir()
        pathlib.Path(folder, "conf", "httpd.conf").write_text(
            f"Listen 80\n<VirtualHost *:80>\nServerName photos.example\nAlias /photos/ /opt/photos/\n"
            f"CustomLog logs/access_log combined\n{GATE}</VirtualHost>\n"
        )
        pathlib.Path(folder, "logs").mkdir()
        with open(pathlib.Path(folder, "logs", "access_log"), "w") as log:
            for number in range(lines):
                inside = dice.random() < 0.8
                net = f"10.20.{dice.randrange(256)}" if inside else f"203.{dice.randrange(256)}.{dice.randrange(256)}"
                second = number // 25
                log.write(
                    f"{net}.{dice.randrange(256)} - - [{17 + second // 86400 % 10}/May/2016:{second // 3600 % 24:02}:"
                    f'{second // 60 % 60:02}:{second % 60:02} +0000] "GET /photos/p{dice.randrange(6000)}@acme.example.jpg HTTP/1.1" '
                    f'{200 if inside else 302} 4711 "-" "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko"\n'
                )
        for threads in (1, 2):
            began = time.monotonic()
            subprocess.run([casebook, "scan", folder, "--format", "jsonl", "--threads", str(threads)], stdout=subprocess.DEVNULL)
            took = time.monotonic() - began
            print(f"log of {lines:,} requests, {threads} threads: {took:.1f} s, {lines / took:,.0f} lines a second")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lines", type=int, default=2_000_000, help="of the log that is replayed; 0: none")
    lines = arguments.parse_args().lines
    decided, older, newer = sandbox()
    figures = {"sandboxed": decided, "native": native(), "httpd": httpd()}
    for name, figure in figures.items():
        print(f"{name:10} {'not there' if figure is None else f'{figure:,.0f} requests a second, {figure / decided:.2f} of the sandbox'}")
    print(f"addresses of a gate of 200 networks: {older * 1000:.1f} ms as regular expressions, {newer * 1000:.1f} ms as Require ip")
    if lines:
        replay(lines)
    print(json.dumps({**figures, "addresses_22": older, "addresses_24": newer}))


if __name__ == "__main__":
    main()
