"""The documents' figures, reproduced: every reference trained as its document describes, as a Markdown table.

    python -m benchmarks.reproduce DATA [--download] [--only NAME] [--out FOLDER] [--jobs N]

DATA is a folder with mnist/ and fashion/ in it, each with the four original gzip files; `--download` fetches what
is not there. Seeds are fixed; each training runs on one core. All of it takes about an hour of one core.
`--out` keeps the table and the curves of `mlp` as pictures.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from autograder.reference import Reference

from .reproduction import binary_mlp, dense_layers, kaiming_mlp, mlp, perceptron, two_layer_mlp
from .reproduction.data import DataError, download, images
from .reproduction.table import Row, markdown

REFERENCES = Path(__file__).parents[1] / "reference"
Experiment = Callable[[], Iterable[Row]]


def experiments(data: Path, out: Path | None) -> dict[str, Experiment]:
    """Every training, by name, in the order of the table."""

    def of(name: str) -> object:
        return Reference.read(REFERENCES / f"{name}.py").load()

    def with_data(module: object, name: str, *rest: object) -> Experiment:
        return lambda: module.rows(of(name), images(data, "mnist"), *rest)  # type: ignore[attr-defined]

    def of_kaiming(name: str, shown: str, claimed: str) -> Experiment:
        return lambda: kaiming_mlp.rows(of("kaiming_mlp"), shown, images(data, name), claimed)  # type: ignore[arg-type]

    return {
        "perceptron": lambda: perceptron.rows(of("perceptron")),  # type: ignore[arg-type]
        "mlp": with_data(mlp, "mlp", out),
        "two_layer_mlp": with_data(two_layer_mlp, "two_layer_mlp"),
        "dense_layers": with_data(dense_layers, "dense_layers"),
        "binary_mlp": lambda: binary_mlp.rows(of("binary_mlp")),  # type: ignore[arg-type]
        "kaiming_mlp, MNIST": of_kaiming("mnist", "MNIST", "98.50 %"),
        "kaiming_mlp, wider": lambda: kaiming_mlp.wider(of("kaiming_mlp"), images(data, "mnist"), "98.50 %"),  # type: ignore[arg-type]
        "kaiming_mlp, Fashion-MNIST": of_kaiming("fashion", "Fashion-MNIST", "88.81 %"),
    }


def _data_of(experiment: str) -> str:
    """The data set that an experiment needs; "" where it draws its own."""
    if experiment in ("perceptron", "binary_mlp"):
        return ""
    return "fashion" if "Fashion" in experiment else "mnist"


def run(data: Path, out: Path | None, name: str) -> list[Row]:
    """One training's rows; it is made in the process that runs it."""
    return list(experiments(data, out)[name]())


def main() -> int:
    """Train and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with mnist/ and fashion/")
    parser.add_argument("--download", action="store_true", help="fetch what is not there")
    parser.add_argument("--only", default="", help="the experiments whose name begins so")
    parser.add_argument("--out", type=Path, help="a folder for the table and the pictures")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="trainings at a time")
    options = parser.parse_args()
    names = [name for name in experiments(options.data, None) if name.startswith(options.only)]
    if not names:
        parser.error(
            f"no experiment begins with {options.only}; there are {', '.join(experiments(options.data, None))}"
        )
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    try:
        for name in sorted({_data_of(item) for item in names} - {""}):
            if options.download:
                download(options.data, name)
            images(options.data, name)  # what is wrong with it is told before anything is trained
        rows: list[Row] = []
        with ProcessPoolExecutor(options.jobs) as processes:
            for name, found in zip(names, processes.map(partial(run, options.data, options.out), names), strict=True):
                print(f"{name}: done", file=sys.stderr)
                rows += found
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    print(markdown(rows), end="")
    if options.out:
        (options.out / "figures.md").write_text(markdown(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
