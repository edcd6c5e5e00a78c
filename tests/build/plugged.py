"""Our plugin on its own, as Otter would run it, without Otter's kernel."""

from types import SimpleNamespace

SETTINGS = {"assignment": "course/assignments/tiny"}
CONFIG = SimpleNamespace(show_hidden=False)


def otters_results():
    """Otter's class of results; Otter is imported only here, as it takes a second."""
    from otter.test_files import GradingResults

    return GradingResults


def graded(plugin_class, path, settings=SETTINGS, **config):
    """Otter's results of a submission, after the plugin."""
    plugin = plugin_class(str(path), {}, settings)
    plugin.before_grading(SimpleNamespace(**{"show_hidden": False, **config}))
    assert plugin.before_execution(None).cells == []
    results = otters_results().without_results(ValueError("the kernel brought nothing back"))
    plugin.after_grading(results)
    return results


def written(results, **config):
    """What Otter writes to results.json."""
    from otter.run import AutograderConfig

    return results.to_gradescope_dict(AutograderConfig(config))


def marks_of(made):
    """Points and possible points by question, added up from the entries of its checks."""
    marks = {}
    for item in (item for item in made["tests"] if "score" in item):
        points, possible = marks.get(item["tags"][0], (0, 0))
        marks[item["tags"][0]] = (round(points + item["score"], 4), round(possible + item["max_score"], 4))
    return marks
