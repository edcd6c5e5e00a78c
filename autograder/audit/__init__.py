"""The grader graded: wrong code of every known and machine-made kind, what no check catches, and what checks are for."""
