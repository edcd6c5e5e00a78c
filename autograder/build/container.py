"""How a container is prepared for grading and how grading is started in it: Otter's two scripts, with ours before them.

Otter 7 runs `setup.sh` in its image with nothing but `environment.yml` and `requirements.*` beside it, and of the rest
of the zip brings tests and files alone. Of a folder that `requirements.*` matches it brings what is in it: there the
course travels. Gradescope and `otter run` unpack the whole zip.
"""

from __future__ import annotations

FOLDER = "requirements.d"  # what is in it lies in `source/` in Otter's image
SOURCE = "/autograder/source"

SETUP = f"""\
#!/usr/bin/env bash
set -e
cd {SOURCE}

# Gradescope unpacks the whole zip, Otter's image has it in place
[ -e course ] || ln -s {FOLDER}/course course

# Otter's image gets this file later, and Otter's setup takes its absence for a wish for TeX
[ -e otter_config.json ] || echo '{{}}' > otter_config.json

# an image that has everything already needs no network
if python3 - <<'READY' 2>/dev/null
import sys
from importlib.metadata import version
import ipykernel, nbformat, numpy, pyseccomp, rich
sys.exit(sys.version_info < (3, 11) or version("otter-grader").split(".")[0] != "7")
READY
then
    PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install --no-index --no-deps --no-warn-script-location course/*.whl
    exit
fi

"""

RUN = """\
#!/usr/bin/env bash
# Otter's image has an empty file here, of which it makes an error as soon as there are plugins
metadata=/autograder/submission_metadata.json
[ -s "$metadata" ] || echo '{}' > "$metadata"

# Git keeps links, and Otter would copy what one leads to, the reference say, as what was handed in
find /autograder/submission -type l -delete

[ -d /root/miniforge3 ] || exec python3 /autograder/source/run_otter.py

"""


def scripts(setup: bytes, run: bytes) -> dict[str, bytes]:
    """The two scripts by name, out of Otter's."""
    return {"setup.sh": SETUP.encode() + _bare(setup), "run_autograder": RUN.encode() + _bare(run)}


def _bare(script: bytes) -> bytes:
    """A script without its first line, which says what runs it."""
    first, _, rest = script.partition(b"\n")
    return rest.lstrip(b"\n") if first.startswith(b"#!") else script
