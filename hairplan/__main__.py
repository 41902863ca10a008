"""The program's entry, for `hairplan` and for `python -m hairplan`."""

import atexit
import gc


def main() -> None:
    """Run the program."""
    # Importing makes many objects and no garbage: looking for some takes 7 % of the start-up.
    gc.set_threshold(200_000)
    # At the end the process gives all its memory back: looking for garbage then takes another 7 %.
    atexit.register(gc.freeze)
    from hairplan.cli.app import run

    run()


if __name__ == "__main__":
    main()
