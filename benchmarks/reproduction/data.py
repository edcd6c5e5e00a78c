"""MNIST and Fashion-MNIST in their original files: read from a folder, or downloaded and held to their checksums."""

from __future__ import annotations

import gzip
import hashlib
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
SOURCES = {
    "mnist": "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "fashion": "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
}
# SHA-256 of the uncompressed content, which is the same however a mirror packs it
CHECKSUMS = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "fashion": {
        "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
}


class DataError(Exception):
    """A file is not there or is not what it must be; the message says which, and what is wanted."""


@dataclass(frozen=True, slots=True)
class Images:
    """Images as bytes (N, 784) and labels (N,), for training and for testing."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def images(folder: Path, name: str) -> Images:
    """The data set `name` ("mnist" or "fashion") from `folder/name/`. Raises DataError."""
    arrays = [_array(name, folder / name / file) for file in FILES]
    x_train, y_train, x_test, y_test = arrays
    return Images(x_train.reshape(len(x_train), -1), y_train, x_test.reshape(len(x_test), -1), y_test)


def download(folder: Path, name: str, source: str | None = None) -> None:
    """Fetch the files of a data set that `folder/name/` lacks. Raises DataError where one cannot be had."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    for file in FILES:
        path = folder / name / file
        if path.exists():
            continue
        address = (source or SOURCES[name]) + file
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310  a fixed address, or the caller's
                content = answer.read()
        except OSError as error:
            raise DataError(f"{address} cannot be had ({error}); put the file into {path.parent} yourself") from error
        _checked(name, path, content)
        path.write_bytes(content)


def _array(name: str, path: Path) -> np.ndarray:
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); wanted is a folder with mnist/ and fashion/ in it, each with "
            f"{', '.join(FILES)}"
        ) from error
    content = _checked(name, path, packed)
    ndim = content[3]
    shape = np.frombuffer(content, dtype=">u4", count=ndim, offset=4).astype(int)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * ndim).reshape(shape)


def _checked(name: str, path: Path, packed: bytes) -> bytes:
    """The uncompressed content, once it is known to be the original."""
    try:
        content = gzip.decompress(packed)
    except (OSError, EOFError) as error:
        raise DataError(f"{path} is no gzip file ({error}); the original is wanted") from error
    if hashlib.sha256(content).hexdigest() != CHECKSUMS[name][path.name]:
        raise DataError(f"{path} is not the original file of {name}: its checksum is another")
    return content
