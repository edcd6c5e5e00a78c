"""Code that silences its own prints through the null device is graded like any other."""

import pytest

CELLS = {
    "redirected": "import os, contextlib\ndef f(x):\n"
    "    with open(os.devnull, 'w') as out, contextlib.redirect_stdout(out):\n"
    "        print('loud')\n        return x + 1",
    "a path": "import os, pathlib\ndef f(x):\n    with pathlib.Path(os.devnull).open('w') as out:\n"
    "        print('loud', file=out)\n        return x + 1",
    "bytes": "def f(x):\n    with open('/dev/null', 'wb') as out:\n        out.write(b'loud')\n        return x + 1",
    "kept": "import os, sys\nsys.stdout = open(os.devnull, 'a')\ndef f(x):\n    print(x)\n    return x + 1",
}


@pytest.mark.parametrize("name", CELLS)
def test_the_null_device_can_be_written_to(sit, name):
    """However it is opened, what is printed goes nowhere and the function answers."""
    assert sit([CELLS[name]], ["student.f(1)", "student.f(2)"]).observations[1].value == 3


def test_no_other_file_can(sit):
    """Another path is refused as before."""
    cell = "def f(x):\n    try:\n        open('/tmp/x', 'w')\n    except OSError:\n        return 0\n    return 1"
    assert sit([cell], ["student.f(1)"]).observations[0].value == 0
