"""The pages where people sign in, as HTML."""

import pytest

from ui import login_page

EVIL = '"><script>alert(1)</script>'


def test_what_is_typed_or_told_becomes_no_markup() -> None:
    pages = (
        login_page.sign_in(EVIL, EVIL, EVIL),
        login_page.with_provider(EVIL, EVIL),
        login_page.welcome(EVIL, EVIL, first=True, failure=EVIL, name=EVIL),
        login_page.welcome(EVIL, EVIL, first=False),
        login_page.account(EVIL, EVIL, EVIL),
        login_page.notice(EVIL, EVIL),
        login_page.sign_out(),
    )
    for page in pages:
        assert "<script" not in page


def test_a_failure_is_told_to_screen_readers_and_keeps_what_was_typed() -> None:
    page = login_page.sign_in("sam@office.example", "/", "It is wrong.")
    assert '<div role="alert">It is wrong.</div>' in page
    assert 'value="sam@office.example"' in page
    assert "role=" not in login_page.sign_in("", "/").partition("<main>")[2]


def test_every_field_has_a_label_and_says_what_may_fill_it_in() -> None:
    page = login_page.sign_in("", "/")
    for name, filled_by in (("email", "username"), ("password", "current-password")):
        assert f'<label for="{name}">' in page
        assert f'autocomplete="{filled_by}"' in page


def test_only_the_first_admin_says_who_they_are() -> None:
    assert 'id="name"' in login_page.welcome("fdl_x", "", first=True)
    assert 'id="name"' not in login_page.welcome("fdl_x", "sam@office.example", first=False)


@pytest.mark.parametrize("after", ["/", "/?conversation=abc", "/admin?page=2"])
def test_after_the_sign_in_one_goes_where_one_wanted(after: str) -> None:
    assert login_page.safe_place(after) == after


@pytest.mark.parametrize(
    "after", ["", "https://evil.example", "//evil.example", "/\\evil.example", "\\/evil", "/a\nb", "javascript:x", "a"]
)
def test_never_to_another_site(after: str) -> None:
    assert login_page.safe_place(after) == "/"
