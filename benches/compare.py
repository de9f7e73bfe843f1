#!/usr/bin/env python3
"""Casebook beside the tools that one would use instead, each as a whole process on the same data.

    python3 benches/compare.py --install           once: rivals from the Python package index, in an environment of their own
    python3 benches/compare.py                     the whole comparison; a quarter of an hour on two cores
    python3 benches/compare.py --size 64MiB --signatures 10,100 --runs 1       a look

For each number of signatures and each hit rate it makes a corpus (`benches/corpus`), reads it once so that it comes from
memory, and then runs the tools in turn: A B C D, A B C D, … so that a machine that slows down slows all of them down.
Times run from the start of a process to its end: reading the signatures and compiling them is included. Every tool's
count must be the number of hits that were planted; a figure with another count is marked, because it measures something
else. Everything that was measured goes to `--out` as JSON, and a table in Markdown to standard output.

What the columns compare: `rg` and `grep` say how many lines match; Hyperscan and YARA-X how many matches there are (a
planted line has one); Casebook frames records, judges each hit in a sandboxed plugin and reports findings with file, line
and time. `rg`, `grep` and Hyperscan search literals, Casebook regular expressions. `rg` and `grep` do not share one file
among threads: they are measured once. Memory is the largest of a run; where a rival has two processes, that of the larger.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

BENCHES = Path(__file__).resolve().parent
ROOT = BENCHES.parent
RIVALS = ("hyperscan==0.9.1", "yara-x==1.23.0")
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
# A process's largest memory, as the kernel reports it, cannot be less than that of the process which started it: Linux
# carries the figure over when a program is loaded. What is not clearly above this script's own is reported as "below".
FLOOR_MARGIN = 1.1


@dataclass
class Tool:
    """A command to measure, and how its output says how many hits it found."""

    name: str
    threads: int
    command: list
    count: object
    statuses: tuple = (0,)
    environment: dict = field(default_factory=dict)

    @property
    def label(self):
        return f"{self.name} ×{self.threads}" if self.threads else self.name


@dataclass
class Run:
    """One whole process: how long, how much memory at most, what it said."""

    seconds: float
    memory: int
    status: int
    stdout: bytes
    stderr: bytes


def parse_arguments():
    parser = argparse.ArgumentParser(description="Casebook beside rg, grep, YARA-X and Hyperscan, on the same data.")
    parser.add_argument("--size", default="1GiB", help="size of the corpus (default: 1GiB)")
    parser.add_argument("--signatures", default="10,100,1000,10000", help="numbers of signatures (default: %(default)s)")
    parser.add_argument("--hits", default="none,100000,100", help="hit rates: none, or one line in N (default: %(default)s)")
    parser.add_argument("--files", type=int, default=1, help="spread the corpus over so many files of four formats")
    parser.add_argument("--threads", default="1,2", help="numbers of threads (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each tool (default: %(default)s)")
    parser.add_argument("--tools", default="casebook,rg,grep,hyperscan,yara-x", help="which tools (default: %(default)s)")
    parser.add_argument("--casebook", type=Path, help="the command (default: target/release/casebook, else from PATH)")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "casebook-bench",
                        help="where corpus, generator and rivals live (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep every corpus instead of deleting it after its turn")
    parser.add_argument("--timeout", type=float, default=900, help="seconds after which a run is given up")
    parser.add_argument("--install", action="store_true", help="install the rivals into the cache, then go on")
    parser.add_argument("--out", type=Path, default=BENCHES / "results.json", help="where the figures go")
    arguments = parser.parse_args()
    arguments.signatures = [int(number) for number in arguments.signatures.split(",")]
    arguments.hits = [None if rate == "none" else int(rate) for rate in arguments.hits.split(",")]
    arguments.threads = [int(number) for number in arguments.threads.split(",")]
    arguments.tools = arguments.tools.split(",")
    return arguments


def note(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


# ---- what is run -------------------------------------------------------------------------------------------------


def build_generator(cache):
    """Compiles the corpus generator, which needs nothing but a compiler."""
    binary = cache / "corpus"
    sources = list((BENCHES / "corpus").glob("*.rs"))
    if not binary.exists() or any(source.stat().st_mtime > binary.stat().st_mtime for source in sources):
        command = ["rustc", "--edition", "2024", "-O", str(BENCHES / "corpus" / "main.rs"), "-o", str(binary)]
        subprocess.run(command, check=True)
    return binary


def install_rivals(cache):
    environment = cache / "rivals"
    if not (environment / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    subprocess.run([str(environment / "bin" / "pip"), "install", "--quiet", *RIVALS], check=True)


def rival_python(cache, module):
    """The interpreter that has a rival's package, or none."""
    python = cache / "rivals" / "bin" / "python"
    if not python.exists():
        return None
    found = subprocess.run([str(python), "-c", f"import {module}"], capture_output=True, check=False)
    return str(python) if found.returncode == 0 else None


def find_casebook(named):
    if named:
        return str(named.resolve()) if named.exists() else None
    built = ROOT / "target" / "release" / "casebook"
    return str(built) if built.exists() else shutil.which("casebook")


def lines_counted(run):
    """`-c` says a number, or `file:number` for each file of a folder; nothing at all means none."""
    return sum(int(line.rpartition(b":")[2]) for line in run.stdout.split())


def number_said(run):
    return int(run.stdout)


def occurrences(run):
    """Casebook groups: a signature that fires a thousand times is one finding that occurred a thousand times."""
    said = (json.loads(line) for line in run.stdout.splitlines())
    findings = (entry for entry in said if entry["type"] == "finding")
    return sum(found["occurrences"] for found in findings if found["rule"].startswith("bench-"))


def tools(arguments, missing, corpus, signatures, packs):
    """The commands of one round. A tool that is not there is named in `missing`, once."""
    chosen = []
    folder = corpus.is_dir()
    wanted = arguments.tools
    if "rg" in wanted:
        if shutil.which("rg"):
            command = ["rg", "--no-config", "-c", "-F", "-f", str(signatures)]
            # In a folder rg goes through the files in parallel, so it is told how far it may.
            counts = arguments.threads if folder else [0]
            for threads in counts:
                some = ["-j", str(threads), "--no-ignore", "--hidden"] if folder else []
                chosen.append(Tool("rg", threads, [*command, *some, str(corpus)], lines_counted, (0, 1)))
        else:
            missing.add("rg: not installed")
    if "grep" in wanted:
        some = ["-r"] if folder else []
        command = ["grep", *some, "-c", "-F", "-f", str(signatures), str(corpus)]
        # The C locale is where grep is fastest.
        chosen.append(Tool("grep", 0, command, lines_counted, (0, 1), {"LC_ALL": "C"}))
    for name, module, script in (("hyperscan", "hyperscan", "hyperscan_scan.py"), ("yara-x", "yara_x", "yara_x_scan.py")):
        if name not in wanted:
            continue
        python = rival_python(arguments.cache, module)
        if not python:
            missing.add(f"{name}: not installed (run with --install)")
            continue
        for threads in arguments.threads:
            command = [python, str(BENCHES / "rivals" / script), str(signatures), str(corpus), str(threads)]
            chosen.append(Tool(name, threads, command, number_said))
    if "casebook" in wanted:
        casebook = find_casebook(arguments.casebook)
        if not casebook:
            missing.add("casebook: not built (cargo build --release), or name it with --casebook")
        else:
            for threads in arguments.threads:
                command = [casebook, "scan", str(corpus), "--rules", str(packs), "--format", "jsonl"]
                command += ["--threads", str(threads), "--fail-on", "critical", "--quiet"]
                # The others search for the signatures and nothing else, so that is the row which is compared.
                chosen.append(Tool("casebook", threads, [*command, "--no-built-in-rules"], occurrences, (0, 1)))
                chosen.append(Tool("casebook and its own rules", threads, command, occurrences, (0, 1)))
    return chosen


def measure(tool, timeout):
    """Runs a command to its end. Output goes to files, so that no reader of a pipe stands beside what is measured."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        environment = {**os.environ, **tool.environment}
        begun = time.perf_counter()
        process = subprocess.Popen(tool.command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)
        deadline = begun + timeout
        # wait4 is asked for by hand because it alone says how much memory this one child took.
        while True:
            found, status, usage = os.wait4(process.pid, os.WNOHANG)
            if found:
                break
            if time.perf_counter() > deadline:
                process.kill()
                _, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.001)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Run(seconds, usage.ru_maxrss * 1024, process.returncode, out.read(), err.read())


# ---- the rounds --------------------------------------------------------------------------------------------------


def make_corpus(generator, arguments, rate, count):
    """Makes a corpus unless it is there, and says where it is and what is in it."""
    name = f"{arguments.size}-{arguments.files}-files-" + ("no-hits" if rate is None else f"1-in-{rate}-of-{count}")
    path = arguments.cache / "corpora" / (name if arguments.files > 1 else f"{name}/SystemOut.log")
    facts = arguments.cache / "corpora" / f"{name}.json"
    if not facts.exists() or facts.stat().st_mtime < generator.stat().st_mtime:
        path.parent.mkdir(parents=True, exist_ok=True)
        note(f"making {path}")
        command = [str(generator), "logs", "--size", arguments.size, "--files", str(arguments.files)]
        command += ["--hits", "none" if rate is None else str(rate), "--signatures", str(count), str(path)]
        facts.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    return path, json.loads(facts.read_text()), facts


def forget_corpus(path, facts):
    shutil.rmtree(path if path.is_dir() else path.parent)
    facts.unlink()


def make_signatures(generator, cache, count):
    """The list for the rivals, and the folder with the rule pack for Casebook."""
    folder = cache / f"signatures-{count}"
    packs = folder / "packs"
    packs.mkdir(parents=True, exist_ok=True)
    listed = folder / "signatures.txt"
    command = [str(generator), "signatures", str(count), "--list", str(listed), "--pack", str(packs / "bench.yaml")]
    subprocess.run(command, check=True)
    return listed, packs


def warm(path):
    """Reads everything once, so that the first tool does not pay for the disk."""
    for file in [path] if path.is_file() else [found for found in path.rglob("*") if found.is_file()]:
        with open(file, "rb") as data:
            while data.read(2**20):
                pass


def round_of(arguments, generator, missing, rate, count):
    """All tools on one corpus; yields a row for each."""
    path, facts, facts_path = make_corpus(generator, arguments, rate, count)
    listed, packs = make_signatures(generator, arguments.cache, count)
    chosen = tools(arguments, missing, path, listed, packs)
    warm(path)
    runs = {tool.label: [] for tool in chosen}
    broken = {}
    for turn in range(arguments.runs):
        for tool in chosen:
            if tool.label in broken:
                continue
            note(f"{count} signatures, hits {rate or 'none'}, run {turn + 1}: {tool.label}")
            run = measure(tool, arguments.timeout)
            if run.status in tool.statuses:
                runs[tool.label].append((run, tool.count(run)))
            else:
                why = run.stderr.decode(errors="replace").strip().splitlines()
                ended = "was stopped after the time limit" if run.status < 0 else f"ended with status {run.status}"
                broken[tool.label] = f"{ended}{': ' + why[-1] if why else ''}"
    for tool in chosen:
        yield row(tool, runs[tool.label], broken.get(tool.label), rate, count, facts)
    if rate is not None and not arguments.keep:
        forget_corpus(path, facts_path)


def row(tool, runs, problem, rate, count, facts):
    figures = {
        "tool": tool.name,
        "threads": tool.threads,
        "signatures": count,
        "one_line_in": rate,
        "bytes": facts["bytes"],
        "lines": facts["lines"],
        "planted": facts["hits"],
        "problem": problem,
        "runs": [{"seconds": run.seconds, "memory": run.memory, "found": found} for run, found in runs],
    }
    if runs:
        seconds = [run.seconds for run, _ in runs]
        figures["seconds"] = statistics.median(seconds)
        figures["fastest"], figures["slowest"] = min(seconds), max(seconds)
        figures["bytes_per_second"] = facts["bytes"] / figures["seconds"]
        figures["memory"] = max(run.memory for run, _ in runs)
        figures["found"] = sorted({found for _, found in runs})
        figures["agrees"] = figures["found"] == [facts["hits"]]
    return figures


def add_ratios(rows):
    """How often a tool is as fast as `rg`, on the same corpus; in a folder, as `rg` with as many threads."""
    for entry in rows:
        same = [
            other
            for other in rows
            if other["tool"] == "rg"
            and "seconds" in other
            and (other["signatures"], other["one_line_in"]) == (entry["signatures"], entry["one_line_in"])
            and other["threads"] in (0, entry["threads"] or 1)
        ]
        if same and "seconds" in entry:
            entry["times_rg"] = same[0]["seconds"] / entry["seconds"]


def first_finding(arguments):
    """How long a small folder takes until the first finding is on standard output, with everything warm."""
    casebook, folder = find_casebook(arguments.casebook), ROOT / "examples" / "acme"
    if not casebook or not folder.is_dir():
        return None
    command = [casebook, "scan", str(folder), "--format", "jsonl", "--quiet"]
    firsts, wholes, memory = [], [], 0
    # The first two fill the page cache and Casebook's own cache of compiled plugins.
    for turn in range(2 + max(arguments.runs, 10)):
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            first = None
            for line in process.stdout:
                if first is None and json.loads(line)["type"] == "finding":
                    first = time.perf_counter() - begun
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if first is None:
            return {"problem": f"no finding in {folder.relative_to(ROOT)} (status {process.returncode})"}
        if turn >= 2:
            firsts.append(first)
            wholes.append(time.perf_counter() - begun)
            memory = max(memory, usage.ru_maxrss * 1024)
    return {
        "first": statistics.median(firsts),
        "first_slowest": max(firsts),
        "whole": statistics.median(wholes),
        "memory": memory,
    }


# ---- what is said ------------------------------------------------------------------------------------------------


def said_by(*command):
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    lines = (said.stdout or said.stderr).strip().splitlines()
    return lines[0] if lines else None


def machine(arguments):
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    facts = {"cpu": model, "cores": os.cpu_count(), "kernel": f"{platform.system()} {platform.release()}"}
    facts["rg"] = said_by("rg", "--version")
    facts["grep"] = said_by("grep", "--version")
    facts["python"] = platform.python_version()
    facts["rustc"] = said_by("rustc", "--version")
    casebook = find_casebook(arguments.casebook)
    facts["casebook"] = said_by(casebook, "--version") if casebook else None
    python = arguments.cache / "rivals" / "bin" / "python"
    if python.exists():
        # The wheel of Hyperscan carries its fork Vectorscan on Linux: the library says which it is.
        told = "import hyperscan as h, importlib.metadata as m\n"
        told += "d = h.Database(mode=h.HS_MODE_BLOCK); d.compile(expressions=[b'x'], ids=[0], elements=1, flags=0)\n"
        told += "print(m.version('hyperscan'), d.info().decode())"
        facts["hyperscan"] = said_by(str(python), "-c", told)
        facts["yara-x"] = said_by(str(python), "-c", "import importlib.metadata as m; print(m.version('yara-x'))")
    return {name: fact for name, fact in facts.items() if fact}


def own_floor():
    """What `true` is reported to take: this script's memory, carried over."""
    return measure(Tool("true", 0, ["true"], None), 10).memory


def memory_text(memory, floor):
    mib = memory / 2**20
    return f"below {floor / 2**20:.0f}" if memory < floor * FLOOR_MARGIN else f"{mib:.0f}"


def markdown(results):
    facts, floor = dict(results["machine"]), results["memory_floor"]
    lines = [f"{facts.pop('cpu')}, {facts.pop('cores')} logical cores, {facts.pop('kernel')}.  "]
    lines.append(", ".join(f"{name}: {fact}" for name, fact in facts.items()) + ".")
    rows = results["rows"]
    for rate in dict.fromkeys(entry["one_line_in"] for entry in rows):
        heading = "No hits" if rate is None else f"One line in {rate:,} is a hit"
        lines += ["", f"**{heading}**", ""]
        lines.append("| signatures | tool | seconds: median (fastest – slowest) | GB/s | × rg | MiB | hits |")
        lines.append("|---:|---|---|---:|---:|---:|---:|")
        for entry in rows:
            if entry["one_line_in"] == rate:
                lines.append(table_line(entry, floor))
    lines += ["", *(f"- {text}" for text in results["missing"])] if results["missing"] else []
    lines += ["", *summary(rows)]
    first = results["first_finding"]
    if first and "first" in first:
        lines.append(
            f"- Start to first finding on `examples/acme`, warm: {first['first'] * 1000:.0f} ms "
            f"(slowest {first['first_slowest'] * 1000:.0f} ms); whole run {first['whole'] * 1000:.0f} ms, "
            f"{memory_text(first['memory'], floor)} MiB."
        )
    elif first:
        lines.append(f"- Start to first finding: {first['problem']}.")
    return "\n".join(lines)


def table_line(entry, floor):
    label = f"{entry['tool']} ×{entry['threads']}" if entry["threads"] else entry["tool"]
    if "seconds" not in entry:
        return f"| {entry['signatures']:,} | {label} | {entry['problem']} | – | – | – | – |"
    found = " or ".join(f"{count:,}" for count in entry["found"])
    hits = found if entry["agrees"] else f"**{found} of {entry['planted']:,}**"
    ratio = f"{entry['times_rg']:.1f}" if "times_rg" in entry else "–"
    return (
        f"| {entry['signatures']:,} | {label} "
        f"| {entry['seconds']:.2f} ({entry['fastest']:.2f} – {entry['slowest']:.2f}) "
        f"| {entry['bytes_per_second'] / 1e9:.2f} | {ratio} | {memory_text(entry['memory'], floor)} | {hits} |"
    )


def summary(rows):
    """The growth with signatures and with hits, for Casebook: the two figures that no single row shows."""
    ours = [entry for entry in rows if entry["tool"] == "casebook" and "seconds" in entry]
    for threads in dict.fromkeys(entry["threads"] for entry in ours):
        mine = {(entry["one_line_in"], entry["signatures"]): entry["seconds"] for entry in ours if entry["threads"] == threads}
        counts = sorted({count for _, count in mine})
        rates = sorted({rate for rate, _ in mine if rate is not None})
        if (None, counts[0]) in mine and (None, counts[-1]) in mine and len(counts) > 1:
            growth = mine[None, counts[-1]] / mine[None, counts[0]]
            yield f"- casebook ×{threads}: from {counts[0]:,} to {counts[-1]:,} signatures the time grows {growth:.2f} ×."
        dearer = [mine[rates[0], count] / mine[None, count] for count in counts
                  if rates and (rates[0], count) in mine and (None, count) in mine]
        if dearer:
            yield f"- casebook ×{threads}: one hit in {rates[0]:,} lines costs at most {max(dearer):.2f} × the time of no hits."


def main():
    arguments = parse_arguments()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    if arguments.install:
        install_rivals(arguments.cache)
    generator = build_generator(arguments.cache)
    missing, rows = set(), []
    for rate in arguments.hits:
        for count in arguments.signatures:
            rows.extend(round_of(arguments, generator, missing, rate, count))
    add_ratios(rows)
    results = {
        "machine": machine(arguments),
        "size": arguments.size,
        "files": arguments.files,
        "memory_floor": own_floor(),
        "missing": sorted(missing),
        "rows": rows,
        "first_finding": first_finding(arguments),
    }
    arguments.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(markdown(results))
    wrong = [entry for entry in rows if entry["problem"] or not entry.get("agrees", True)]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
