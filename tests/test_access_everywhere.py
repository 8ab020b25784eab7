"""Law 1, over every way in: what only HR may read, only HR gets. The page is tested in tests/ui and tests/browser."""

import json
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import httpx
import pytest

from app import cli
from app.access import caller_for
from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from app.events import to_json
from app.langchain_retriever import FrontdeskRetriever
from app.question import Question
from app.slack_routes import ROUTES as SLACK_ROUTES
from tests.serving import served

QUESTION = "What can a G5 in Leeds earn at the least and at the most?"
SECRET = "49,700 - 64,500"
TITLE = "Salary bands 2026"
PLACE = "salary-bands-2026"
HR = "hana.okoro@quillmere.example"
OTHERS = {
    "manager": "marcus.leid@quillmere.example",
    "employee": "sam.whitlock@quillmere.example",
    "nobody": "",
}


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest) -> str:
    return OTHERS[request.param]


@pytest.fixture(scope="module")
def http(sample: Home) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {service_key(sample.settings.home)}"}
    with served(sample) as url, httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def printed(sample: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a command prints in the sample company's home."""
    monkeypatch.setenv("FRONTDESK_HOME", str(sample.settings.home))
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["frontdesk", *arguments])
        out = StringIO()
        with redirect_stdout(out), pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code in (0, None)
        return out.getvalue()

    return run


def shows_it(text: str) -> bool:
    """Whether any of it can be read there: the amounts, the document's title, or its place."""
    return any(part in text for part in ("49,700", "64,500", TITLE, PLACE))


def over_the_desk(home: Home, email: str, threshold: float) -> str:
    desk = replace(home.desk, threshold=threshold)
    return "".join(to_json(event) for event in desk.ask(Question(QUESTION, caller_for(home.engine, email))))


def completed(http: httpx.Client, email: str, *, stream: bool) -> str:
    body = {"messages": [{"role": "user", "content": QUESTION}], "stream": stream}
    return http.post("/v1/chat/completions", json=body, headers={AS_HEADER: email}).text


def test_hr_gets_it_over_the_desk(sample: Home) -> None:
    assert SECRET in over_the_desk(sample, HR, sample.settings.evidence)


def test_hr_gets_it_on_the_command_line(printed: Callable[..., str]) -> None:
    found = json.loads(printed("ask", QUESTION, "--as", HR, "--json"))
    assert SECRET in found["answer"]
    assert [one["title"] for one in found["citations"] if SECRET in one["quote"]] == [TITLE]
    assert SECRET in printed("search", QUESTION, "--as", HR)


def test_hr_gets_it_over_http(http: httpx.Client) -> None:
    assert SECRET in http.post("/api/ask", json={"question": QUESTION}, headers={AS_HEADER: HR}).text
    assert PLACE in http.get("/api/documents", headers={AS_HEADER: HR}).text


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_hr_gets_it_through_the_openai_compatible_route(http: httpx.Client, stream: bool) -> None:
    assert SECRET in completed(http, HR, stream=stream)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 1.0], ids=["always answering", "as set", "always refusing"])
def test_others_get_nothing_of_it_over_the_desk(sample: Home, other: str, threshold: float) -> None:
    assert not shows_it(over_the_desk(sample, other, threshold))


def test_others_get_nothing_of_it_on_the_command_line(printed: Callable[..., str], other: str) -> None:
    speak_as = ["--as", other] if other else []
    assert not shows_it(printed("ask", QUESTION, *speak_as))
    assert not shows_it(printed("ask", QUESTION, "--json", *speak_as))
    assert not shows_it(printed("search", QUESTION, "-k", "50", *speak_as))


def test_others_get_nothing_of_it_over_http(http: httpx.Client, other: str) -> None:
    answer = http.post("/api/ask", json={"question": QUESTION}, headers={AS_HEADER: other})
    assert answer.status_code == 200
    assert not shows_it(answer.text)
    assert not shows_it(http.get("/api/documents", headers={AS_HEADER: other}).text)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_others_get_nothing_of_it_through_the_openai_compatible_route(
    http: httpx.Client, other: str, stream: bool
) -> None:
    answer = completed(http, other, stream=stream)
    assert "status" in answer
    assert not shows_it(answer)


def test_others_cannot_open_the_source_that_hr_got(sample: Home, http: httpx.Client, other: str) -> None:
    hits = sample.retriever.search(QUESTION, caller_for(sample.engine, HR).scope, 50)
    secret = next(hit.chunk.id for hit in hits if SECRET in hit.chunk.text)
    assert http.get(f"/api/chunks/{secret}", headers={AS_HEADER: HR}).status_code == 200
    refused = http.get(f"/api/chunks/{secret}", headers={AS_HEADER: other})
    assert (refused.status_code, shows_it(refused.text)) == (404, False)


def test_others_get_nothing_of_it_through_the_langchain_retriever(sample: Home, other: str) -> None:
    def found(email: str) -> str:
        scope = caller_for(sample.engine, email).scope
        return str(FrontdeskRetriever(retriever=sample.retriever, scope=scope, k=50).invoke(QUESTION))

    assert SECRET in found(HR)
    assert not shows_it(found(other))


def test_others_cannot_get_at_it_with_a_follow_up(sample: Home, http: httpx.Client, other: str) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "See the bands."}]
    body = {"messages": [*history, {"role": "user", "content": "And how much is that exactly?"}]}
    assert not shows_it(http.post("/v1/chat/completions", json=body, headers={AS_HEADER: other}).text)


def in_slack(http: httpx.Client, email: str, kind: str, others: Sequence[str] = (), **more: object) -> str:
    """Everything that an answer in Slack tells; an address is enough of a person."""
    readers = [{"user": f"U{place}", "email": one} for place, one in enumerate((email, *others))]
    where = {"team": "T1", "channel": "C1", "thread": secrets.token_hex(4), "kind": kind, "ephemeral": False}
    body = {**where, "asker": readers[0], "readers": readers, "question": QUESTION, **more}
    response = http.post("/api/slack/ask", json=body)
    assert response.status_code == 200, response.text
    return response.text


def test_hr_gets_it_in_slack_where_nobody_else_sees_it(http: httpx.Client) -> None:
    assert SECRET in in_slack(http, HR, "direct")
    assert SECRET in in_slack(http, HR, "public", ephemeral=True)
    assert SECRET in in_slack(http, HR, "private")


@pytest.mark.parametrize("kind", ["direct", "private", "public"])
def test_others_get_nothing_of_it_in_slack(http: httpx.Client, other: str, kind: str) -> None:
    assert not shows_it(in_slack(http, other, kind))
    assert not shows_it(in_slack(http, other, kind, ephemeral=True))


@pytest.mark.parametrize("kind", ["private", "public"])
def test_even_hr_gets_nothing_of_it_where_others_see_the_answer(http: httpx.Client, other: str, kind: str) -> None:
    assert not shows_it(in_slack(http, HR, kind, [other]))


@pytest.mark.parametrize("outsider", ["guest", "stranger", "bot"])
@pytest.mark.parametrize("kind", ["direct", "private", "public"])
def test_an_outsider_with_hrs_address_gets_nothing_of_it(http: httpx.Client, kind: str, outsider: str) -> None:
    asker = {"user": "U1", "email": HR, outsider: True}
    answer = in_slack(http, HR, kind, asker=asker, readers=[asker])
    assert not shows_it(answer)
    assert '"closest":[]' in answer


def test_others_cannot_open_the_source_that_hr_got_in_slack(sample: Home, http: httpx.Client, other: str) -> None:
    hits = sample.retriever.search(QUESTION, caller_for(sample.engine, HR).scope, 50)
    secret = next(hit.chunk.id for hit in hits if SECRET in hit.chunk.text)

    def opened(email: str) -> httpx.Response:
        body = {"team": "T1", "channel": "C1", "reader": {"user": "U1", "email": email}}
        return http.post(f"/api/slack/chunks/{secret}", json=body)

    assert opened(HR).status_code == 200
    assert (opened(other).status_code, shows_it(opened(other).text)) == (404, False)


@pytest.mark.parametrize(("path", "method"), [(path, method) for path, method, _ in SLACK_ROUTES])
def test_whoever_speaks_for_somebody_does_not_get_at_slacks_routes(
    http: httpx.Client, other: str, path: str, method: str
) -> None:
    place = re.sub(r"{\w+}", "answering", path)
    for email in (HR, other):
        assert http.request(method, place, headers={AS_HEADER: email}).status_code == 403
