"""A log of any size, drawn by the generator of the sample: `python -m benchmarks.big_log STEPS FILE`.

The calls are drawn like those of the sample's helpline, with its menu, its weekdays and its callers; every call is
drawn anew, so that rare paths go on appearing.
"""

import argparse
import csv
from pathlib import Path

from sample_data import clinic
from sample_data.dice import Dice
from sample_data.make import CLINIC_COLUMNS, call_rows, declarations

AT_ONCE = 50_000  # calls, so that the memory does not grow with the log


def write(path: Path, n_steps: int, seed: int = 1) -> int:
    """Write at least `n_steps` steps to a CSV file; how many calls they are."""
    n_calls = written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CLINIC_COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(declarations())
        while written < n_steps:
            for call in clinic.draw_calls(Dice(seed + n_calls), AT_ONCE):
                rows = [row | {"call_id": f"L{n_calls:09}"} for row in call_rows(call)]
                writer.writerows(rows)
                n_calls += 1
                written += len(rows)
                if written >= n_steps:
                    break
    return n_calls


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.big_log", description=__doc__)
    parser.add_argument("steps", type=int)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    print(f"{write(given.file, given.steps):,} calls")


if __name__ == "__main__":
    main()
