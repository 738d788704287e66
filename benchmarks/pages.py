"""Tables that a script writes into a page between two marks."""

from pathlib import Path

Marks = tuple[str, str]


def with_table(text: str, marks: Marks, table: str) -> str:
    """A page whose part between the marks is the table."""
    before, rest = text.split(marks[0])
    return f"{before}{marks[0]}\n{table}\n{marks[1]}{rest.split(marks[1])[1]}"


def put_table(page: Path, marks: Marks, table: str) -> None:
    """Write the table into the page."""
    text = page.read_text(encoding="utf-8")
    page.write_text(with_table(text, marks, table), encoding="utf-8")


def digits(value: float) -> str:
    """Two digits that count, as few characters as they take."""
    return f"{float(f'{value:.2g}'):g}"
