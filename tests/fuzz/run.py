"""A fuzzer: mutated examples through the public faces of the program, in this process.

`python tests/fuzz/run.py --minutes 60` goes on for an hour, from a seed that it names. An input
fails if it ends in anything but an error of ours or a documented exit code, takes over five seconds
or a gigabyte of memory, puts a control character or a formula into an output, or changes a file
that it must not. Each failure is printed with the seed that makes it again, `--seed N --inputs 1`;
`--keep FOLDER` writes its input down, and what is in `corpus` is a test for good.
"""

import argparse
import json
import random
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import checks
from faces import FACES, Input

from hairplan import HairplanError

CORPUS = Path(__file__).parent / "corpus"
TURNS = (
    *("typed_text",) * 10, *("row",) * 5, *("protocol_file",) * 4, *("history",) * 1,
    *("plan_file",) * 2, *("commands",) * 4,
)  # fmt: skip
"""The faces by turns: a cheap one has more of them."""

MOST_ADDRESSES = 4 * checks.MOST_BYTES
"""The end of all memory: an input that asks for more does not get it."""


def input_of(seed: int, face: str | None = None) -> tuple[str, Input]:
    """Return the face and the input of a seed; the face's turn has come if none is named."""
    face = face or TURNS[seed % len(TURNS)]
    return face, FACES[face].make(random.Random(seed))  # noqa: S311 - the same for the same seed


def failure(face: str, given: Input) -> str | None:
    """Return what is wrong with an input; None for nothing."""
    try:
        with checks.limited_memory(), checks.limited_time(checks.MOST_SECONDS):
            FACES[face].use(given)
    except HairplanError:
        return None
    except checks.TooSlowError:
        return f"over {checks.MOST_SECONDS:g} s"
    except checks.BrokenLawError as error:
        return str(error)
    except Exception:  # noqa: BLE001 - whatever it is
        return traceback.format_exc(limit=-4)
    return None


def fails(seed: int, face: str | None = None, keep: Path | None = None) -> str | None:
    """Return what is wrong with the input of a seed, and keep the input; None for nothing."""
    face, given = input_of(seed, face)
    if (said := failure(face, given)) is None:
        return None
    if keep is not None:
        content = json.dumps({"face": face, "input": given}, indent=1)
        (keep / f"{face}-{seed}.json").write_text(f"{content}\n")
    return f"seed {seed}: {face}: {said}"


def kept_inputs() -> Iterator[tuple[str, str, Input]]:
    """Yield the inputs that failed once: the name of the file, the face and the input."""
    for path in sorted(CORPUS.glob("*.json")):
        kept = json.loads(path.read_text())
        yield path.stem, kept["face"], kept["input"]


def main() -> None:
    """Run inputs until the time is over, or all of them are done."""
    options = _options()
    end, seed, failed = time.monotonic() + options.minutes * 60, options.seed, 0
    last = seed + options.inputs if options.inputs is not None else sys.maxsize
    counts: Counter[str] = Counter()
    while time.monotonic() < end and seed < last:
        counts[options.face or TURNS[seed % len(TURNS)]] += 1
        if said := fails(seed, options.face, options.keep):
            failed += 1
            sys.stdout.write(f"{said}\n")
            sys.stdout.flush()
        seed += 1
    by_face = ", ".join(f"{count} {face}" for face, count in sorted(counts.items()))
    sys.stdout.write(f"{seed - options.seed} inputs from seed {options.seed} on, {failed} failed\n")
    sys.stdout.write(f"by face: {by_face}\n")
    sys.exit(failed > 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long at most")
    parser.add_argument("--inputs", type=int, help="how many at most")
    parser.add_argument("--seed", type=int, default=0, help="the first input")
    parser.add_argument("--face", choices=FACES, help="only this one")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="for inputs that fail")
    return parser.parse_args()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    main()
