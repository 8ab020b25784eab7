"""Texts of our own for measuring speed: sentences about work, of mixed lengths. Needs nothing but Python."""

import random

_WORDS = """annual leave sick pay parental bereavement jury duty overtime travel expense claim receipt manager payroll
contract probation notice period pension insurance bonus salary review training mentor laptop badge visitor parking
canteen remote office flexible hours part-time sabbatical relocation visa permit warehouse laboratory headquarters
employee trainee colleague department director council agreement policy handbook form portal deadline approval request
reimbursement allowance certificate doctor accident safety equipment password confidential complaint harassment
grievance disciplinary resignation retirement redundancy eligibility entitlement carry-over unreimbursed
non-transferable pro-rata counterparty onboarding offboarding childcare eyesight ergonomics"""
_SMALL = "the a of to and in for is are may must by with on at from within after before no every this that if"


def staff_texts(count: int, seed: int = 1, longest: int = 250) -> list[str]:
    """So many texts of 12 to `longest` words and marks; MiniLM makes about 1.3 tokens of each."""
    pick = random.Random(seed)
    nouns, small = _WORDS.split(), _SMALL.split()
    return [_text(pick, pick.randint(12, longest), nouns, small) for _ in range(count)]


def _text(pick: random.Random, length: int, nouns: list[str], small: list[str]) -> str:
    words: list[str] = []
    while len(words) < length:
        sentence = [pick.choice(small if place % 2 else nouns) for place in range(pick.randint(6, 18))]
        if pick.random() < 0.3:
            sentence.append(str(pick.randint(2, 2030)))
        words += [sentence[0].capitalize(), *sentence[1:-1], f"{sentence[-1]}."]
    return " ".join(words[:length])
