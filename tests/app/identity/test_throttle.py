"""How often somebody may try to sign in, and ask."""

import pytest

from app.identity.throttle import ATTEMPTS, Throttle
from retrieval.errors import TooMany


def tried(throttle: Throttle, times: int, account: str, address: str) -> int:
    """How many of so many attempts were let pass."""
    passed = 0
    for _ in range(times):
        try:
            throttle.sign_in(account, address)
        except TooMany:
            continue
        passed += 1
    return passed


def test_one_account_from_one_address_is_tried_a_few_times() -> None:
    throttle = Throttle()
    assert tried(throttle, 30, "sam", "10.0.0.1") == ATTEMPTS == 10


def test_whoever_guesses_elsewhere_does_not_lock_the_owner_out() -> None:
    throttle = Throttle()
    tried(throttle, 30, "sam", "10.0.0.1")
    throttle.sign_in("sam", "10.0.0.2")
    throttle.sign_in("ada", "10.0.0.1")


def test_one_address_cannot_try_many_accounts_nor_many_addresses_one_account() -> None:
    one_address, one_account = Throttle(), Throttle()
    assert sum(tried(one_address, 1, f"account-{number}", "10.0.0.1") for number in range(120)) == 50
    assert sum(tried(one_account, 1, "sam", f"10.0.0.{number}") for number in range(120)) == 100


def test_a_right_password_forgives_what_was_mistyped() -> None:
    throttle = Throttle()
    tried(throttle, 9, "sam", "10.0.0.1")
    throttle.signed_in("sam", "10.0.0.1")
    assert tried(throttle, 9, "sam", "10.0.0.1") == 9


def test_colleagues_behind_one_address_do_not_lock_each_other_out() -> None:
    throttle = Throttle()
    for number in range(200):
        throttle.sign_in(f"colleague-{number}", "10.0.0.1")
        throttle.signed_in(f"colleague-{number}", "10.0.0.1")
    assert sum(tried(throttle, 1, f"account-{number}", "10.0.0.1") for number in range(120)) == 50


def test_the_refusal_says_when_to_come_back() -> None:
    throttle = Throttle()
    with pytest.raises(TooMany, match=r"too many attempts to sign in\. Please try again in 15 minutes") as caught:
        tried_until_refused(throttle)
    assert 0 < caught.value.seconds <= 15 * 60


def tried_until_refused(throttle: Throttle) -> None:
    for _ in range(30):
        throttle.sign_in("sam", "10.0.0.1")


def test_one_person_asks_so_often_in_a_minute_and_others_go_on() -> None:
    throttle = Throttle(questions=2)
    throttle.ask("sam")
    throttle.ask("sam")
    with pytest.raises(TooMany, match="You have asked 2 questions in a minute"):
        throttle.ask("sam")
    throttle.ask("ada")


def test_all_together_ask_ten_times_as_often() -> None:
    throttle = Throttle(questions=2)
    for number in range(20):
        throttle.ask(f"person-{number}")
    with pytest.raises(TooMany, match="Too many questions come in at once"):
        throttle.ask("one more")


def test_without_a_limit_everything_passes() -> None:
    throttle = Throttle(questions=0)
    for _ in range(500):
        throttle.ask("sam")
