"""`frontdesk access explain` on the command line."""

from tests.app.commands import Frontdesk, one_sentence

HANA, SAM = "hana@office.example", "sam@office.example"


def test_help_holds_an_example(frontdesk: Frontdesk) -> None:
    done = frontdesk("access", "explain", "--help")
    assert (done.code, "Example: frontdesk access explain" in done.out) == (0, True)


def test_it_says_whether_a_person_may_read_a_document(at_office: Frontdesk) -> None:
    said = [at_office("access", "explain", email, "office/hr/bands.md").out for email in (HANA, SAM)]
    assert ["\nMay read it.\n" in one for one in said] == [True, False]
    assert ["\nMay not read it.\n" in one for one in said] == [False, True]
    assert all(one.startswith(f"office/hr/bands.md is for group:hr, ask {HANA}.\nRule 1 (hr/**) of ") for one in said)


def test_without_a_person_it_lists_the_readers(at_office: Frontdesk) -> None:
    of_group, of_all = (at_office("access", "explain", f"office/{name}.md").out for name in ("hr/bands", "leave"))
    assert of_group.endswith(f"1 known people may read it.\n- Hana <{HANA}>\n")
    assert of_all.endswith("3 known people may read it, and whoever asks without a name.\n")


def test_the_same_as_json(at_office: Frontdesk) -> None:
    said = at_office("access", "explain", SAM, "office/hr/bands.md", "--json").json
    assert list(said) == ["uri", "audience", "contact", "because", "readers", "allowed", "person"]
    assert (said["audience"], said["allowed"], said["readers"]) == ("group:hr", False, {HANA: "Hana"})


def test_what_is_unknown_is_one_sentence(at_office: Frontdesk) -> None:
    for words in ((SAM, "office/x.md"), ("eve@office.example", "office/leave.md"), (SAM, "a", "b")):
        done = at_office("access", "explain", *words)
        assert (done.code > 0, one_sentence(done), done.out) == (True, True, "")
