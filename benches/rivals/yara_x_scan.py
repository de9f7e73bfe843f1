"""Counts the matches of literal signatures in a log with YARA-X: one rule a signature.

    python yara_x_scan.py SIGNATURES PATH PROCESSES
"""

import sys

import yara_x
from blocks import count_in_processes


def rule(number, literal):
    text = literal.replace("\\", "\\\\").replace('"', '\\"')
    return f'rule signature_{number} {{ strings: $text = "{text}" condition: $text }}'


def main(signatures, path, processes):
    with open(signatures, encoding="ascii") as file:
        literals = file.read().splitlines()
    rules = yara_x.compile("\n".join(rule(number, literal) for number, literal in enumerate(literals)))

    def count_blocks(parts):
        scanner = yara_x.Scanner(rules)
        # The default of a million matches a pattern and scan is never reached within one block.
        return sum(
            len(pattern.matches)
            for data in parts
            for found in scanner.scan(data).matching_rules
            for pattern in found.patterns
        )

    print(count_in_processes(path, int(processes), count_blocks))


if __name__ == "__main__":
    main(*sys.argv[1:])
