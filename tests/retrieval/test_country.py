import pytest

from retrieval.country import applicable, deciding, may_ask, resolved, told, undecided
from retrieval.document import Facts
from retrieval.prompt import clarification
from retrieval.rewrite import Turn
from tests.hits import Hit, hit, uris

GERMAN, PORTUGUESE, BRITISH = (Facts(countries=(code,)) for code in ("DE", "PT", "GB"))
GENERAL = hit("leave.md", score=0.5)
GERMANY = hit("germany.md", score=0.6, title="Country supplement: Germany (Hamburg)", facts=GERMAN)
PORTUGAL = hit("portugal.md", score=0.58, title="Country supplement: Portugal", facts=PORTUGUESE)
HITS = [GERMANY, PORTUGAL, GENERAL]
LEAVE = "How many days of annual leave do I get?"
ASKED_BACK = Turn(LEAVE, clarification(["Germany", "Portugal"]))


def scored(general: float, german: float, portuguese: float) -> list[Hit]:
    hits = [
        hit("leave.md", score=general),
        hit("de.md", score=german, facts=GERMAN),
        hit("pt.md", score=portuguese, facts=PORTUGUESE),
    ]
    return sorted(hits, key=lambda one: -one.score)


def test_the_askers_own_country_decides() -> None:
    assert deciding(LEAVE, "PT", HITS) == {"PT"}


def test_a_country_that_the_question_names_wins_over_the_askers_own() -> None:
    assert deciding("How many days of leave in Germany?", "PT", HITS) == {"DE"}


def test_a_place_in_a_title_names_its_country() -> None:
    assert deciding("How many days of leave in Hamburg?", "PT", HITS) == {"DE"}


def test_a_country_that_no_document_is_about_leaves_the_askers_own() -> None:
    assert deciding("May I work from Spain in August?", "PT", HITS) == {"PT"}


def test_a_country_that_no_document_is_about_is_still_no_other_country() -> None:
    assert deciding("How many days of leave in Spain?", "", HITS) == {"ES"}


def test_several_named_countries_are_compared() -> None:
    assert deciding("Is it longer in Germany or in Portugal?", "GB", HITS) == {"DE", "PT"}


def test_without_any_country_none_decides() -> None:
    assert deciding(LEAVE, "", HITS) == set()


def test_documents_of_other_countries_do_not_apply() -> None:
    assert uris(applicable(HITS, frozenset({"PT"}))) == ["portugal.md", "leave.md"]


def test_a_document_for_several_countries_applies_in_each() -> None:
    both = hit("iberia.md", facts=Facts(countries=("ES", "PT")))
    assert uris(applicable([both, GERMANY], frozenset({"PT"}))) == ["iberia.md"]


def test_where_no_country_is_known_every_document_applies() -> None:
    assert applicable(HITS, frozenset()) == HITS


def test_best_hits_of_two_countries_are_undecided() -> None:
    assert undecided(scored(general=0.4, german=0.6, portuguese=0.5)) == ("Germany", "Portugal")


@pytest.mark.parametrize(
    "hits",
    [
        scored(general=0.55, german=0.6, portuguese=0.5),
        scored(general=0.7, german=0.6, portuguese=0.6),
        scored(general=0.1, german=0.6, portuguese=0.4),
        [GENERAL],
        [],
    ],
    ids=["a general one between", "a general one first", "one much better", "no country", "nothing"],
)
def test_everything_else_is_decided(hits: list[Hit]) -> None:
    assert undecided(hits) == ()


def test_two_documents_of_one_country_are_decided() -> None:
    assert undecided([hit("a.md", facts=GERMAN), hit("b.md", facts=GERMAN)]) == ()


def test_every_country_that_was_read_about_can_be_chosen() -> None:
    hits = [*scored(general=0.1, german=0.6, portuguese=0.5), hit("gb.md", score=0.2, facts=BRITISH)]
    assert undecided(hits) == ("Germany", "Portugal", "United Kingdom")


@pytest.mark.parametrize("reply", ["Germany", "germany please", "I work in the German office in Hamburg, with Tobias"])
def test_a_reply_to_the_clarifying_question_goes_with_the_question_it_was_about(reply: str) -> None:
    assert resolved(reply, [ASKED_BACK]) == f"{LEAVE} {reply}"


def test_a_follow_up_that_was_asked_back_about_keeps_its_own_topic() -> None:
    turns = [Turn(LEAVE, "27 days."), Turn("And in the probation period?", ASKED_BACK.answer)]
    reply = "I work in the German office in Hamburg, with Tobias"
    assert resolved(reply, turns) == f"{LEAVE} And in the probation period? {reply}"


def test_another_question_after_the_clarifying_one_stands_alone() -> None:
    question = "Which hotels may I book in Portugal during the trade fair?"
    assert resolved(question, [ASKED_BACK]) == question


def test_it_is_never_asked_twice_in_a_row_about_the_same_question() -> None:
    assert not may_ask(resolved("No idea", [ASKED_BACK]), [ASKED_BACK])
    assert not may_ask(LEAVE, [ASKED_BACK])


def test_it_may_be_asked_about_another_question_and_after_other_answers() -> None:
    assert may_ask("Which hotels may I book during the trade fair?", [ASKED_BACK])
    assert may_ask(LEAVE, [ASKED_BACK, Turn("Germany", "30 days.")])
    assert may_ask(LEAVE, [])


def test_a_country_told_once_counts_for_the_rest_of_the_conversation() -> None:
    turns = [ASKED_BACK, Turn("The German office", "30 days."), Turn("And sick leave in Spain?", "Six weeks.")]
    assert told(turns) == "DE"


def test_a_country_that_was_never_asked_for_is_not_the_askers() -> None:
    assert told([Turn("May I work from Spain?", "For 20 days."), Turn("Why?", "Because of tax.")]) == ""


def test_a_reply_that_names_no_country_tells_none() -> None:
    assert told([ASKED_BACK, Turn("No idea", "27 or 30 days.")]) == ""
