"""Who handed in what: the layouts of classes, and that nobody speaks for another."""

import zipfile

import pytest

from autograder.classroom import as_file
from autograder.students import students
from autograder.submission import find

LAYOUTS = [
    (["ann.ipynb", "bob.py", "cyd.zip"], ["ann", "bob", "cyd"]),
    (["week 1/ann.ipynb", "week 1/bob.ipynb"], ["ann", "bob"]),
    (["ann/hw.ipynb", "bob/hw.ipynb"], ["ann", "bob"]),
    (["ann/final.ipynb", "bob/my work.ipynb"], ["ann", "bob"]),
    (["ann/1.py", "ann/2.py", "bob/1.py", "bob/2.py"], ["ann", "ann", "bob", "bob"]),
    (["a/ann.ipynb", "a/bob.ipynb", "b/cyd.ipynb", "b/dan.ipynb"], ["ann", "bob", "cyd", "dan"]),
    (
        ["a/ann.ipynb", "a/bob.ipynb", "b/ann.ipynb", "b/dan.ipynb", "b/eve.ipynb"],
        ["a/ann", "bob", "b/ann", "dan", "eve"],
    ),
    (["Ann Lee_7_assignsubmission_file_/hw.ipynb"], ["Ann Lee"]),
    (["x/Ann_7_assignsubmission_file_/hw.ipynb", "x/Bob_8_assignsubmission_file_/hw.ipynb"], ["Ann", "Bob"]),
    (["Ann_7_assignsubmission_file_/1.py", "Ann_7_assignsubmission_onlinetext_/2.py"], ["Ann", "Ann"]),
    (["Ann_7_assignsubmission_file_/1.py", "Ann_8_assignsubmission_file_/1.py"], ["Ann_7", "Ann_8"]),
    (["leeann_LATE_7_1_hw.ipynb", "leeann_7_2_hw.py", "roy_8_3_hw.ipynb"], ["leeann", "leeann", "roy"]),
    (["submission_7/hw.ipynb", "submission_8/hw.ipynb"], ["submission_7", "submission_8"]),
    ([], []),
]


@pytest.mark.parametrize(("paths", "told"), LAYOUTS)
def test_layouts(paths, told):
    """Files, folders of a section or of a student, bulk downloads; two of one name are kept apart."""
    assert students(paths) == told


@pytest.mark.parametrize(
    ("class_", "mallory"),
    [
        (["ann.ipynb", "bob.ipynb"], ["mallory.ipynb"]),
        (["ann/hw.ipynb", "bob/hw.ipynb"], ["mallory/ann.ipynb"]),
        (["ann/hw.ipynb", "bob/hw.ipynb"], ["mallory/ann/hw.ipynb", "mallory/hw.ipynb", "mallory/bob.py"]),
        (["ann/hw.ipynb", "bob/hw.ipynb"], ["mallory/ann_7_assignsubmission_file_/hw.ipynb"]),
        (["ann/hw.ipynb", "bob/hw.ipynb"], ["mallory/ann_7_8_hw.ipynb"]),
        (
            ["ann_7_assignsubmission_file_/hw.ipynb", "bob_8_assignsubmission_file_/hw.ipynb"],
            ["mallory_9_assignsubmission_file_/ann_7_assignsubmission_file_/hw.ipynb"],
        ),
        (["ann_7_1_hw.ipynb", "bob_8_2_hw.ipynb"], ["mallory_9_3_ann_7_1_hw.ipynb"]),
    ],
)
def test_nobody_speaks_for_another(class_, mallory):
    """Whatever one calls what is their own, the others are told as they were without."""
    told = students([*class_, *mallory])
    assert told[: len(class_)] == students(class_) == ["ann", "bob"]
    assert set(told[len(class_) :]) == {"mallory"}


@pytest.mark.parametrize(
    "members",
    [("ann.ipynb", "zoe.ipynb"), ("zoe_7_assignsubmission_file_/hw.ipynb", "ann/hw.ipynb"), ("a/x.py", "b/x.py")],
)
def test_a_zip_beside_others_speaks_for_nobody_else(tmp_path, members):
    """All that is in it is by whoever handed in the zip, under names that no other submission has."""
    for name in ("ann", "bob"):
        (tmp_path / f"{name}.ipynb").write_bytes(as_file(["x = 1"]))
    with zipfile.ZipFile(tmp_path / "mallory.zip", "w") as archive:
        for member in members:
            archive.writestr(member, as_file(["x = 2"]) if member.endswith(".ipynb") else "x = 2")
    found = {source.name: source.student for source in find([tmp_path])}
    assert found.pop("ann.ipynb") == "ann"
    assert found.pop("bob.ipynb") == "bob"
    assert set(found) == {f"mallory.zip/{member}" for member in members}
    assert set(found.values()) == {"mallory"}


def test_a_bulk_download_names_its_students(tmp_path):
    """A zip that is named, or that is alone in its folder, is a class."""
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in ("Ann_7", "Bob_8"):
            archive.writestr(f"{name}_assignsubmission_file_/hw.ipynb", as_file(["x = 1"]))
    for path in (tmp_path, tmp_path / "class.zip"):
        assert [source.student for source in find([path])] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("class_", "told", "mallory"),
    [
        (
            ["ann/part1.py", "ann/part2.py", "bob/part1.py", "bob/part2.py"],
            ["ann", "ann", "bob", "bob"],
            ["mallory/ann.py", "mallory/bob.py", "mallory/zoe.py", "mallory/x.py", "mallory/y.py"],
        ),
        (
            ["ann_7/hw.py", "bob_8/hw.py"],
            ["ann_7", "bob_8"],
            [f"mallory/{name}_assignsubmission_.py" for name in ("ann_7", "ann_9", "zoe_1")],
        ),
    ],
)
def test_many_files_are_one_voice(class_, told, mallory):
    """Who puts more files into a folder than all others together does not decide how the others are named."""
    assert students([*class_, *mallory]) == [*told, *["mallory"] * len(mallory)]


def test_no_two_owners_have_one_name():
    """Where one's number makes another's name, each has the path."""
    paths = ["Ann_7_assignsubmission_/a.py", "Ann_8_assignsubmission_/b.py", "c/Bob_1_2_x.py", "Ann_7.py"]
    told = students(paths)
    assert len(set(told)) == len(paths)
