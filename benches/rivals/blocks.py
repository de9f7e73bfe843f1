"""The blocks in which a rival reads a log, and the processes among which it shares one.

Blocks end at line ends, so that no line is cut; 16 MiB are enough that the calls from Python do not show. A rival that is
given two threads is given two processes, each with a half of the file: neither binding lets two Python threads scan side
by side at full speed, and a process costs what a thread would.
"""

import os

BLOCK = 16 * 1024 * 1024


def line_end(descriptor, offset, size):
    """The first offset after `offset` at which a line begins, or the file's size."""
    while offset < size:
        window = os.pread(descriptor, 64 * 1024, offset)
        at = window.find(b"\n")
        if at >= 0:
            return min(offset + at + 1, size)
        offset += len(window)
    return size


def blocks(path, start, end):
    """Yields the bytes of the file from `start` to `end`, whole lines at a time."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        while start < end:
            stop = end if start + BLOCK >= end else line_end(descriptor, start + BLOCK, end)
            data = os.pread(descriptor, stop - start, start)
            if not data:
                return
            yield data
            start += len(data)
    finally:
        os.close(descriptor)


def shares(path, count):
    """Splits a file into `count` parts at line ends, as pairs of offsets."""
    size = os.path.getsize(path)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        inner = [line_end(descriptor, size * part // count, size) for part in range(1, count)]
    finally:
        os.close(descriptor)
    bounds = [0, *inner, size]
    return list(zip(bounds, bounds[1:]))


def files(path):
    """The file itself, or all files below a folder."""
    if os.path.isfile(path):
        return [path]
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)


def count_in_processes(path, processes, count_blocks):
    """Sums `count_blocks(iterable of bytes)` over all parts of all files, a process for each part of a file."""
    work = [[] for _ in range(processes)]
    for file in files(path):
        for turn, (start, end) in enumerate(shares(file, processes)):
            work[turn].append((file, start, end))

    def count(parts):
        return sum(count_blocks(blocks(*part)) for part in parts)

    pipes = []
    for parts in work[1:]:
        reader, writer = os.pipe()
        if os.fork() == 0:
            status = 1
            try:
                os.write(writer, str(count(parts)).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        pipes.append(reader)
    total = count(work[0])
    for reader in pipes:
        with os.fdopen(reader) as answer:
            total += int(answer.read())
    for _ in pipes:
        os.wait()
    return total
