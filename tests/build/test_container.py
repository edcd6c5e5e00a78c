"""The zip's two scripts, as the shell reads them; tests/test_docker.py runs them for real."""

import subprocess
import zipfile
from dataclasses import replace

import nbformat
import pytest

from autograder.build import container, course
from autograder.errors import BuildError


@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_a_script_is_ours_and_then_otters(built, name):
    """The shell reads it without a fault, it says once what runs it, and ends with Otter's own way."""
    text = zipfile.ZipFile(built.archive).read(name).decode()
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert text.count("#!") == 1
    assert "mamba" in text


def test_what_otters_image_brings_is_in_its_folder(built):
    """Otter's image takes requirements.*, tests, and five files by name: there is nothing else that it would lack."""
    names = {name.split("/")[0] for name in zipfile.ZipFile(built.archive).namelist()}
    named = {"setup.sh", "run_autograder", "environment.yml", "otter_config.json", "run_otter.py"}
    assert names == named | {"tests", "requirements.d"}


def test_an_assignments_packages_are_required_by_their_published_names(tiny):
    """At the versions with which the assignment was built, found by the names under which they are imported."""

    def listing(*packages):
        return replace(tiny, definition=replace(tiny.definition, packages=packages))

    assert course.published(tiny) == []
    assert course.published(listing("nbformat")) == [f"nbformat=={nbformat.__version__}"]
    assert course.published(listing("yaml"))[0].lower().startswith("pyyaml==")
    with pytest.raises(BuildError, match="not_there, which is not installed"):
        course.published(listing("not_there"))


def test_what_a_link_leads_to_is_not_taken_for_a_submission(tmp_path):
    """Links are gone before Otter copies what was handed in; files stay."""
    handed_in, tools = tmp_path / "submission", tmp_path / "bin"
    (handed_in / "inner").mkdir(parents=True)
    tools.mkdir()
    (tmp_path / "reference.py").write_text("right = True\n")
    (handed_in / "mlp.py").symlink_to(tmp_path / "reference.py")
    (handed_in / "inner" / "course").symlink_to(tmp_path)
    (handed_in / "own.ipynb").write_text("{}")
    (tools / "python3").write_text('#!/bin/sh\necho "$@"\n')
    (tools / "python3").chmod(0o755)
    script = container.RUN.replace("/autograder/", f"{tmp_path}/").replace("/root/miniforge3", str(tmp_path / "none"))
    ran = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"{tmp_path}/source/run_otter.py\n"
    assert sorted(path.name for path in handed_in.rglob("*")) == ["inner", "own.ipynb"]
    assert (tmp_path / "reference.py").exists()
