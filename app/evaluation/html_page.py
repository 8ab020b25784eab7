"""A page of HTML that needs nothing beside it: no script, no font, no image from elsewhere."""

import base64
from collections.abc import Callable, Iterable
from html import escape
from importlib import resources
from string import Template

from app.evaluation import plots
from app.evaluation.printout import Table

Plot = Callable[[plots.Ink], bytes]


def html_page(title: str, subtitle: str, tiles: Iterable[str], sections: Iterable[str]) -> str:
    """The whole page."""
    skeleton = Template((resources.files("app.evaluation") / "html_page.html").read_text(encoding="utf-8"))
    return skeleton.substitute(
        title=escape(title), subtitle=escape(subtitle), tiles="".join(tiles), sections="".join(sections)
    )


def tile(label: str, value: str, spread: str, meaning: str) -> str:
    """One number with what it means."""
    return (
        f'<div class="tile"><h3>{escape(label)}</h3><p class="value">{escape(value)}</p>'
        f'<p class="spread">{escape(spread)}</p><p class="meaning">{escape(meaning)}</p></div>'
    )


def section(table: Table, plot: Plot | None) -> str:
    """One table, with its plot above it."""
    drawn = picture(table.title, plot) if plot else ""
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    heads = "".join(f"<th>{escape(heading)}</th>" for heading in table.headings)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return (
        f"<section><h2>{escape(table.title)}</h2>{drawn}"
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{note}</section>'
    )


def picture(title: str, plot: Plot) -> str:
    """The plot twice: the browser shows the one that fits the theme."""
    light, dark = (f"data:image/png;base64,{base64.b64encode(plot(ink)).decode()}" for ink in (plots.LIGHT, plots.DARK))
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img alt="{escape(title)}" src="{light}"></picture>'
    )
