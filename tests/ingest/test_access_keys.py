import time

import pytest

from ingest.access_keys import access_keys, begins_private_key, private_keys

# Written in parts, so that nobody's scanner takes this file for a leak.
AWS = "AKIA" + "Q2W3E4R5T6Y7U8I9"
SLACK = "xoxb-" + "123456789012-" * 2 + "aB1cD2eF3gH4iJ5k"
TOKEN = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N"
LINES = ("MIIEow1BAAKCAQEA7aB" * 4)[:64]
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{LINES}\n{LINES}\nabcd==\n-----END RSA PRIVATE KEY-----"


def shown(text: str) -> list[str]:
    places = sorted(set(access_keys(text)))
    return [text[start:end] for start, end in places]


@pytest.mark.parametrize(
    "key",
    [
        AWS,
        SLACK,
        TOKEN,
        "ghp_" + "a1B2c3D4e5F6" * 3,
        "github_pat_" + "11ABCDEFG0" * 4,
        "glpat-" + "x1Y2z3A4b5C6d7E8f9G0",
        "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "sk-proj-" + "abc123DEF456ghi789JKL012",
        "sk-" + "abc123DEF456ghi789JKL012",
        "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
        "SG." + "a1b2c3d4e5f6g7h8i9j0k1" + "." + "a1" * 21 + "z",
        "xapp-" + "1-A0123456789-9876543210",
    ],
)
def test_a_key_is_found_whole_between_words(key: str) -> None:
    assert shown(f"Use {key} for both, and {key}.") in ([key, key], [key, f"{key}."])


def test_of_an_address_with_a_password_only_the_password_is_found() -> None:
    assert shown("Clone https://sam:winter9@git.example.com/rota and mail sam@example.com.") == ["winter9"]


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/sk-how-to-apply-for-parental-leave-in-2026-and-later",
        "https://example.com/a-very-long-address/of-a-page/2026/01/31/leave.html#carry-over",
        'psql postgres://admin:"$PASSWORD"@127.0.0.1/rota, postgres://admin:<password>@127.0.0.1/rota',
        "The password has at least 12 characters; a secret is shared in the vault only.",
        "Arbeitsunfähigkeitsbescheinigung and Krankenversicherungsbeitrag2026",
        "The form TRAVEL_REQUEST_FORM_2026_v3_final.docx and 3F2504E0-4F89-11D3-9A0C-0305E82C3301",
    ],
)
def test_what_people_write_is_no_key(text: str) -> None:
    assert shown(text) == []


def test_a_private_key_is_found_from_its_first_to_its_last_line() -> None:
    text = f"Before.\n{PEM}\nBetween.\n{PEM.replace('RSA ', 'OPENSSH ')} After."
    places = [text[start:end] for start, end in private_keys(text, begun=True)]
    assert places[0] == PEM
    assert "Between" not in "".join(places)
    assert "After" not in "".join(places)
    assert begins_private_key(text)


def test_a_private_key_that_is_cut_off_is_found_as_far_as_it_goes() -> None:
    text = f"-----BEGIN PRIVATE KEY-----\n{LINES}\n{LINES}\n\nKeep it safe."
    (place,) = private_keys(text, begun=False)
    assert text[place[1] :] == "\n\nKeep it safe."


def test_the_lines_of_a_key_are_found_where_its_header_stands_in_another_block() -> None:
    assert list(private_keys(f"{LINES}\n{LINES}\nabcd==", begun=True)) == [(0, 136)]
    assert list(private_keys(f"{LINES}\n{LINES}\nabcd==", begun=False)) == []


def test_a_sentence_about_private_keys_is_none() -> None:
    text = "Files with BEGIN RSA PRIVATE KEY in them are never shared. No PRIVATE KEY leaves the vault."
    assert (list(private_keys(text, begun=True)), begins_private_key(text)) == ([], False)


@pytest.mark.parametrize("part", ["sk-", "eyJ", "-", "-----BEGIN PRIVATE KEY-----", "xoxb-1-", "A1", "://a:", "hf_"])
def test_a_long_hostile_word_takes_no_longer_than_its_length(part: str) -> None:
    text = part * (200_000 // len(part))
    begun = time.process_time()
    list(access_keys(text))
    list(private_keys(text, begun=True))
    assert time.process_time() - begun < 2
