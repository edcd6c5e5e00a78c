"""Every test module is run: pytest passes over folders of some names without a word."""

from .conftest import ROOT


def test_no_test_module_is_passed_over(request):
    """No folder below tests/ has a name that pytest is told to leave out, as `build` is by default."""
    left_out = set(request.config.getini("norecursedirs"))
    folders = {part for path in (ROOT / "tests").rglob("test_*.py") for part in path.relative_to(ROOT).parts[:-1]}
    assert "build" in folders
    assert not folders & left_out
