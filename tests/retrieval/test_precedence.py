from datetime import date

import pytest

from retrieval.document import Facts
from retrieval.ledger.lookup import Found
from retrieval.precedence import OUTDATED, choose, standing, weighed
from tests.hits import Hit, hit, uris

TODAY = date(2026, 11, 21)
OLD_FACTS = Facts(effective_from=date(2023, 1, 1), effective_until=date(2025, 12, 31))
NEW_FACTS = Facts(effective_from=date(2026, 1, 1), supersedes=("Annual leave policy 2023",))
OLD = hit("handbook/leave-2023.md", "25 days.", 0.7, "Annual leave policy 2023", OLD_FACTS)
NEW = hit("handbook/leave.md", "27 days.", 0.6, "Annual leave", NEW_FACTS)
OTHER = hit("handbook/badges.md", "A lost badge is blocked.", 0.2, "Badges")
HOW_MANY = "How many days of leave do I get?"


def outdated(question: str, *hits: Hit) -> set[str]:
    return set(standing([one.found for one in hits], question, TODAY).outdated)


def silent(question: str, *hits: Hit) -> set[str]:
    return set(standing([one.found for one in hits], question, TODAY).silent)


def ended(until: date) -> Hit:
    return hit("old.md", facts=Facts(effective_until=until))


def starting(begins: date) -> Hit:
    return hit("new.md", facts=Facts(effective_from=begins))


def test_a_document_is_in_force_on_its_last_day_and_not_on_the_next() -> None:
    assert outdated(HOW_MANY, ended(date(2026, 11, 21))) == set()
    assert outdated(HOW_MANY, ended(date(2026, 11, 20))) == {"old.md"}


def test_a_document_is_in_force_from_its_first_day_on() -> None:
    assert outdated(HOW_MANY, starting(date(2026, 11, 21))) == set()
    assert outdated(HOW_MANY, starting(date(2026, 11, 22))) == {"new.md"}


def test_a_document_that_says_nothing_is_in_force() -> None:
    assert outdated(HOW_MANY, OTHER, hit("b.md")) == set()


def test_a_replaced_document_is_outdated_even_without_dates() -> None:
    old = hit("handbook/chairs.md", title="Chair scheme")
    new = hit("handbook/home-office.md", facts=Facts(supersedes=("chair  SCHEME",)))
    assert silent(HOW_MANY, old, new, OTHER) == outdated(HOW_MANY, old, new, OTHER) == {"handbook/chairs.md"}


@pytest.mark.parametrize("stated", ["handbook/leave-2023.md", "leave-2023.md"])
def test_a_replaced_document_may_be_stated_by_its_path(stated: str) -> None:
    new = hit("handbook/leave.md", facts=Facts(supersedes=(stated,)))
    assert silent(HOW_MANY, hit("handbook/leave-2023.md"), new) == {"handbook/leave-2023.md"}


def test_only_a_document_that_was_found_replaces_another_one() -> None:
    """What is outside the scope is never found, so it changes nothing for this asker."""
    old = hit("handbook/chairs.md", title="Chair scheme")
    assert outdated(HOW_MANY, old, OTHER) == set()


def test_a_document_that_comes_later_replaces_nothing_yet() -> None:
    old = hit("a.md", title="A")
    new = hit("b.md", facts=Facts(effective_from=date(2027, 1, 1), supersedes=("A",)))
    assert (silent(HOW_MANY, old, new), outdated(HOW_MANY, old, new)) == ({"b.md"}, {"b.md"})


def test_a_new_version_under_the_same_title_replaces_the_old_one_and_not_itself() -> None:
    old, new = hit("a.md", title="Leave"), hit("b.md", title="Leave", facts=Facts(supersedes=("Leave",)))
    assert silent(HOW_MANY, old, new) == {"a.md"}


def test_two_documents_that_replace_each_other_both_stay() -> None:
    one = hit("a.md", title="A", facts=Facts(supersedes=("B",)))
    other = hit("b.md", title="B", facts=Facts(supersedes=("A",)))
    assert outdated(HOW_MANY, one, other) == set()


@pytest.mark.parametrize(
    "question",
    [
        "How many days of leave did I get in 2023?",
        "What was the limit in 2024 and 2025?",
        "How much leave did we have last year?",
        "Last year, were the offices closed?",
    ],
)
def test_a_question_about_an_earlier_year_turns_to_what_was_in_force_then(question: str) -> None:
    assert (outdated(question, OLD, NEW), silent(question, OLD, NEW)) == ({NEW.found.chunk.uri},) * 2


@pytest.mark.parametrize(
    "question",
    [
        "I joined in 2023, how many days of leave do I get?",
        "Since 2024 I work part time, how many days?",
        "By when do I have to use up the days from last year?",
        "How many days do I get in 2026?",
        "What changed between 2025 and 2026?",
        "How many days of leave did I get in 2019?",
        "How old must a child be for child sick days?",
    ],
)
def test_a_year_that_is_not_the_time_asked_about_changes_nothing(question: str) -> None:
    assert silent(question, OLD, NEW) == {OLD.found.chunk.uri}


@pytest.mark.parametrize(
    "question",
    [
        "What did the old policy say about carrying days over?",
        "How many days did we used to have?",
        "What was the previous leave entitlement?",
        "How many days did one get three years ago?",
    ],
)
def test_a_question_about_how_it_used_to_be_hurts_no_document(question: str) -> None:
    assert outdated(question, OLD, NEW) == set()


def test_the_document_whose_titles_year_is_named_is_not_hurt() -> None:
    assert outdated("What does the policy from 2023 say?", OLD, NEW) == set()


def test_of_editions_the_one_of_this_year_is_in_force_and_none_is_silent() -> None:
    editions = [hit(f"holidays-{year}.md", title=f"Public holidays {year}") for year in (2025, 2026, 2027)]
    assert outdated("When is the office closed?", *editions) == {"holidays-2025.md", "holidays-2027.md"}
    assert silent("When is the office closed?", *editions) == set()


def test_where_this_years_edition_is_missing_the_last_one_is_in_force() -> None:
    editions = [hit(f"{year}.md", title=f"Salary bands ({year})") for year in (2023, 2024)]
    assert outdated("What is the salary of grade G5?", *editions) == {"2023.md"}


def test_editions_of_two_countries_are_no_editions_of_each_other() -> None:
    german = hit("de.md", title="Public holidays 2025", facts=Facts(countries=("DE",)))
    assert outdated("When is the office closed?", german, hit("all.md", title="Public holidays 2026")) == set()


def test_titles_that_end_in_a_year_and_differ_otherwise_are_no_editions() -> None:
    titles = ["Public holidays 2025", "Salary bands 2026", "Plan 9"]
    assert outdated(HOW_MANY, *(hit(title, title=title) for title in titles)) == set()


def test_an_outdated_document_keeps_a_part_of_its_score_and_the_others_keep_theirs() -> None:
    found: dict[str, Found] = {one.found.chunk.id: one.found for one in (OLD, NEW, OTHER)}
    scores = dict.fromkeys(found, 1.0) | {"deleted meanwhile": 1.0}
    assert list(weighed(scores, found, HOW_MANY, TODAY).values()) == [OUTDATED, 1.0, 1.0, 1.0]


def test_a_replaced_document_does_not_speak_beside_the_one_in_its_place() -> None:
    assert uris(choose([OLD, NEW, OTHER], HOW_MANY, "", TODAY, 5).first) == uris([NEW, OTHER])


def test_an_expired_document_speaks_only_when_its_time_is_asked_about() -> None:
    assert uris(choose([OLD, OTHER], HOW_MANY, "", TODAY, 5).first) == uris([OTHER])
    assert uris(choose([OLD, OTHER], "How many days did I get in 2024?", "", TODAY, 5).first) == uris([OLD, OTHER])


def test_another_years_edition_speaks_after_this_years() -> None:
    editions = [
        hit(f"holidays-{year}.md", f"Closed on {year}-05-01.", title=f"Public holidays {year}") for year in (2025, 2026)
    ]
    assert uris(choose(editions, "When is the office closed?", "", TODAY, 5).first) == uris(editions)


def test_repetitions_make_room_for_what_else_there_is() -> None:
    copies = [hit(f"copy-{number}.md", "Leave is booked in Meadow.", title="Booking") for number in range(100)]
    choice = choose([*copies, OTHER], HOW_MANY, "", TODAY, 2)
    assert (uris(choice.first), len(choice.heard)) == (["copy-0.md", OTHER.found.chunk.uri], 101)


def test_two_documents_in_force_that_contradict_each_other_both_speak() -> None:
    hits = [hit("a.md", "Everybody has 27 days of leave."), hit("b.md", "Everybody has 30 days of leave.")]
    assert uris(choose(hits, HOW_MANY, "", TODAY, 5).first) == ["a.md", "b.md"]


GERMANY = hit("de.md", "30 days.", 0.6, facts=Facts(countries=("DE",)))
PORTUGAL = hit("pt.md", "26 days.", 0.6, facts=Facts(countries=("PT",)))


def test_other_countries_are_not_heard() -> None:
    choice = choose([GERMANY, PORTUGAL, OTHER], HOW_MANY, "PT", TODAY, 5)
    assert (uris(choice.heard), choice.undecided) == (["pt.md", OTHER.found.chunk.uri], ())


def test_an_unknown_country_is_asked_for() -> None:
    choice = choose([GERMANY, PORTUGAL, OTHER], HOW_MANY, "", TODAY, 5)
    assert choice.undecided == ("Germany", "Portugal")


def test_countries_whose_rules_are_the_same_need_no_question() -> None:
    text = "Leave is booked in Meadow at least five working days before it begins, and the manager answers in three."
    same = [hit(one.found.chunk.uri, text, 0.6, facts=one.found.facts) for one in (GERMANY, PORTUGAL)]
    assert choose(same, "How is leave booked?", "", TODAY, 5).undecided == ()


def test_nothing_found_is_nothing_chosen() -> None:
    nothing: list[Hit] = []
    choice = choose(nothing, HOW_MANY, "DE", TODAY, 5)
    assert (choice.heard, choice.first, choice.undecided) == ([], [], ())
