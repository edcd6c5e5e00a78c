"""The documents' figures: the data are the original files or refused, and the experiments run on what is small."""

import gzip
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from autograder.reference import Reference
from benchmarks.reproduce import main
from benchmarks.reproduction import binary_mlp, data, perceptron
from benchmarks.reproduction.table import Row, markdown

from .conftest import ROOT


def _idx(array):
    """An array as one of MNIST's files, uncompressed."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


@pytest.fixture
def tiny(monkeypatch):
    """Four small files that count as the originals of `mnist`, by name."""
    rng = np.random.default_rng(0)
    arrays = [rng.integers(256, size=(5, 28, 28)), np.arange(5), rng.integers(256, size=(3, 28, 28)), np.arange(3)]
    contents = {file: _idx(array) for file, array in zip(data.FILES, arrays, strict=True)}
    sums = {file: hashlib.sha256(content).hexdigest() for file, content in contents.items()}
    monkeypatch.setitem(data.CHECKSUMS, "mnist", sums)
    return {file: gzip.compress(content) for file, content in contents.items()}


@pytest.fixture
def server(tiny):
    """A server on this machine that has those files."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = tiny.get(self.path.lstrip("/"))
            self.send_response(200 if content else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}/"
        served.shutdown()


def test_what_is_missing_is_downloaded_and_read(server, tmp_path):
    """Images come back flat, as bytes, with their labels; a second time nothing is fetched."""
    data.download(tmp_path, "mnist", server)
    found = data.images(tmp_path, "mnist")
    assert (found.x_train.shape, found.x_test.shape, found.x_train.dtype) == ((5, 784), (3, 784), np.uint8)
    np.testing.assert_array_equal(found.y_train, np.arange(5))
    data.download(tmp_path, "mnist", "http://127.0.0.1:9/")


def test_another_file_is_refused(tiny, tmp_path):
    """A file of the right name with other content is named, and so is one that is no gzip file."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    for file, content in tiny.items():
        (folder / file).write_bytes(content)
    (folder / data.FILES[0]).write_bytes(tiny[data.FILES[1]])
    with pytest.raises(data.DataError, match=r"train-images.* is not the original file of mnist"):
        data.images(tmp_path, "mnist")
    (folder / data.FILES[0]).write_bytes(b"<html>")
    with pytest.raises(data.DataError, match="is no gzip file"):
        data.images(tmp_path, "mnist")


def test_a_download_that_fails_says_what_to_do(tiny, tmp_path):
    """The address and the folder are named."""
    with pytest.raises(data.DataError, match=r"cannot be had .*; put the file into .*mnist yourself"):
        data.download(tmp_path, "mnist", "http://127.0.0.1:9/")


def test_the_command_says_what_it_wants(tmp_path, capsys, monkeypatch):
    """Without the files it ends with a sentence and before anything is trained."""
    monkeypatch.setattr("sys.argv", ["reproduce.py", str(tmp_path), "--only", "two_layer"])
    assert main() == 2
    assert "wanted is a folder with mnist/ and fashion/ in it" in capsys.readouterr().err


def test_the_perceptron_learns_its_clouds():
    """At the notebook's rate the third epoch is without a mistake."""
    reference = Reference.read(ROOT / "reference" / "perceptron.py").load()
    x, y = perceptron.clouds((-5, -5))
    assert [perceptron.last_epoch(reference, x, y, 0.03, seed) for seed in range(5)] == [1] * 5


def test_the_crossed_clouds_have_their_classes_in_order():
    """A thousand samples, half of each class, class 1 above and below class 0."""
    x, yhat = binary_mlp.clouds(0)
    assert (x.shape, yhat.shape) == ((1000, 2), (1000, 1))
    assert np.abs(x[yhat[:, 0] == 0, 1]).max() < np.median(np.abs(x[yhat[:, 0] == 1, 1]))


def test_a_table_has_a_row_for_each_figure():
    """Where the document has nothing, there is a dash."""
    assert markdown([Row("mlp", "a run", "", "97 %")]).splitlines()[-1] == "| `mlp` | a run | – | 97 % |"
