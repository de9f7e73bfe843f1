"""Counts the matches of literal signatures in a log with Hyperscan: block mode, its own compiler for literals.

    python hyperscan_scan.py SIGNATURES PATH PROCESSES

Every match is counted (no HS_FLAG_SINGLEMATCH, which would let it stop looking). The counting itself is a call into
Python a match, which at one hit in 100 lines is a cost of the binding, not of Hyperscan.
"""

import sys

import hyperscan
from blocks import count_in_processes


def main(signatures, path, processes):
    with open(signatures, "rb") as file:
        literals = file.read().splitlines()
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=literals, ids=list(range(len(literals))), elements=len(literals), flags=0, literal=True
    )

    def count_blocks(parts):
        matches = []
        for data in parts:
            database.scan(data, match_event_handler=lambda *match: matches.append(None))
        return len(matches)

    print(count_in_processes(path, int(processes), count_blocks))


if __name__ == "__main__":
    main(*sys.argv[1:])
