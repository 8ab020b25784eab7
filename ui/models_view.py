"""What the page of models says, as text. Pure; whatever comes with a model is escaped."""

from collections.abc import Sequence

from app.admin.model_rows import EventRow, JudgedRow, ModelRow, ModelsRow
from ui.admin_view import count, moment, size
from ui.web_markdown import escaped

QUOTES = "quotes"
NONE_YET = (
    "**There are no versions yet**, so answers are quoted from the documents. Three steps on the server make one: "
    "`frontdesk models register FOLDER` keeps a Llama that you have, `frontdesk finetune judge NAME/1 --data DIR` "
    "shows whether it answers better, and then you promote it here. docs/llama.md has all of it."
)
SAY_WHY = "Nothing was changed: say why, so that others understand it later."
COLOURS = {
    "promoted": "green",
    "promoted, waits for a restart": "orange",
    "failed": "red",
    "rolled back": "red",
    "registered": "blue",
}


def answering(found: ModelsRow) -> str:
    """What answers now, and what is about to."""
    now = f"Answers come from **{_named(found.answering)}**."
    if found.fixed:
        return (
            f"{now} The setting `llm` names {escaped(found.fixed)}, so no promotion counts: take FRONTDESK_LLM away "
            "and start again to let one."
        )
    if is_switching(found):
        return f"{now} **{_named(found.promoted)}** is promoted: it is loaded and tried first, and then takes over."
    return now


def is_switching(found: ModelsRow) -> bool:
    """Whether the server is about to answer with something else than now."""
    if found.fixed:
        return False
    stands = {one.version: one.stands for one in found.versions}
    if found.promoted:
        return found.promoted != found.answering and stands.get(found.promoted) == "promoted"
    return found.answering in stands


def model_line(one: ModelRow) -> str:
    """What a version is."""
    by = f"kept {moment(one.created_at)} by {one.created_by}"
    return escaped(" · ".join([one.kind, size(one.bytes), by, f"licence {one.licence}"]))


def received_line(one: ModelRow) -> str:
    """What it answered, and what people said of that."""
    if not one.answers + one.refusals:
        return "It answered nobody yet."
    return (
        f"{count(one.answers, 'answer')}, {count(one.refusals, 'refusal')}; helpful {count(one.good, 'time')}, not "
        f"helpful {count(one.bad, 'time')}"
    )


def verdict_line(one: ModelRow, serving: str) -> str:
    """What was judged of it against what is promoted now (empty: quotes)."""
    decides = next((judged for judged in one.verdicts if judged.decides), None)
    if decides:
        judged = f"**{decides.result.capitalize()}** than {_named(serving)}"
        return f"{judged}: {escaped(decides.why)}. {count(decides.questions, 'question')}, {decides.at[:10]}"
    return f"Not judged against {_named(serving)}. On the server: `{judge_command(one, serving)}`"


def judge_command(one: ModelRow, serving: str) -> str:
    """How it is judged."""
    return f"frontdesk finetune judge {one.version} {serving or 'quoting'} --data DIR"


def measure_rows(judged: JudgedRow) -> list[dict[str, str]]:
    """A verdict's numbers."""
    return [
        {
            "measure": one.measure,
            "this version": f"{one.mean:.3f} ({one.low:.3f} to {one.high:.3f})",
            judged.against: f"{one.old:.3f}",
        }
        for one in judged.measures
    ]


def promotion_question(one: ModelRow, serving: str) -> str:
    """What promoting means."""
    means = (
        f"**{escaped(one.version)}** takes the place of {_named(serving)} in all answers, for everybody, in seconds."
    )
    if one.shown_better:
        return f"{means} It was shown to be better."
    return f"{means} Nothing shows that it is better, so say why it should answer; the reason is kept for good."


def event_rows(events: Sequence[EventRow]) -> list[dict[str, str]]:
    """What happened, the newest first."""
    return [
        {"when": moment(one.at), "what": one.what, "version": one.version, "by": one.who, "why": one.why}
        for one in events
    ]


def _named(name: str) -> str:
    return QUOTES if name in ("", "quoting") else escaped(name)
