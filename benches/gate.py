#!/usr/bin/env python3
"""Decisions of the photo gate a second: in the sandbox, in native code, and by the real httpd that answers them.

Needs Apache httpd (apache2 or httpd) and its `ab`; without them that column is left out. Run from the root of the repository.
"""

import json
import os
import pathlib
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


def main():
    decided, older, newer = sandbox()
    figures = {"sandboxed": decided, "native": native(), "httpd": httpd()}
    for name, figure in figures.items():
        print(f"{name:10} {'not there' if figure is None else f'{figure:,.0f} requests a second, {figure / decided:.2f} of the sandbox'}")
    print(f"addresses of a gate of 200 networks: {older * 1000:.1f} ms as regular expressions, {newer * 1000:.1f} ms as Require ip")
    print(json.dumps({**figures, "addresses_22": older, "addresses_24": newer}))


if __name__ == "__main__":
    main()
