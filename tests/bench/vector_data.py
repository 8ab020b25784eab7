"""Vectors that look like a company's chunks: embedded texts of our own, grown by filling the space between neighbours.

Uniformly random vectors have no neighbours, and clouds around a few points have too easy ones: both flatter or blame an
approximate index for what real text does not do. So 20,000 texts about work are composed and embedded, and more rows
are made between two near ones, with noise. Questions are texts held back, moved further away.
"""

import hashlib
import random
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Embedder, Vectors

TEXTS, QUESTIONS = 20_000, 1_000
_NEIGHBOURS, _ROW_NOISE, _QUESTION_NOISE = 10, 0.35, 0.5
_BLOCK = 50_000

_TOPICS = """annual leave; unpaid leave; sabbatical; parental leave; adoption leave; sick pay; medical certificates;
phased return after illness; bereavement leave; jury duty; public holidays; carrying days over; part-time work; job
sharing; flexible hours; night shifts; stand-by duty; overtime; time sheets; working from home; working from abroad;
business travel; rail tickets; hotel limits; daily allowances; company cars; bicycle leasing; parking spaces; mileage
claims; expense receipts; corporate credit cards; salary bands; pay day; yearly bonus; share options; pension plan; life
insurance; health insurance; eye tests; gym membership; meal vouchers; canteen; child care; moving house; relocation to
another country; work permits; visa costs; tax equalisation; probation; notice periods; references; exit interviews;
return of equipment; garden leave; performance reviews; improvement plans; promotion rounds; goals; feedback; mentoring;
language courses; conferences; examination leave; study loans; library; laptops; mobile phones; second monitor; software
licences; passwords; lost badges; visitors; clean desks; confidential papers; data protection requests; email archives;
social media; press enquiries; gifts; conflicts of interest; second jobs; harassment complaints; whistleblowing; first
aid; fire drills; desk assessments; protective shoes; chemical storage; accidents on the way to work; pregnancy at work;
works council; collective agreement; trainees; interns; referral bonus; interviews with candidates; onboarding plan;
buddy programme; team events; volunteering days; donations; anniversaries; retirement; name changes; bank details"""
_WHO = """employees; managers; team leads; trainees; interns; part-time staff; field engineers; warehouse crews; nurses;
drivers; lab technicians; sales representatives; contractors; new joiners; parents; shift workers; fixed-term staff;
remote colleagues; board members; works council members"""
_PLACE = """Germany; Austria; Poland; Spain; Portugal; Italy; France; Belgium; the Netherlands; Denmark; Sweden; Norway;
Finland; Ireland; the United Kingdom; Canada; Brazil; Mexico; India; Japan; Singapore; Australia; the Leipzig plant; the
Lyon laboratory; the Porto office; the Gdansk warehouse; headquarters"""
_SYSTEM = """the time portal; the travel desk; the people system; the payroll inbox; the service desk; the learning
platform; the intranet form; the badge office; the safety app; the shared calendar; a signed paper form; the chat bot"""
_BOSS = """the line manager; the department head; payroll; the people team; the safety officer; the works council; the
site manager; the finance partner; the data protection officer; two directors"""
_WHEN = """before the first day; at least two weeks ahead; by the tenth of the month; within three working days; before
the quarter closes; on the same day; no later than noon; a month before it starts; after six months of service; once a
year in November; whenever plans change; at the end of the project"""
_UNIT = """days; working days; hours a week; euros a month; weeks; per cent of the base salary; kilometres; months;
euros a night; nights a year"""
_PATTERNS = """{Who} ask for {topic} through {system} {when}, and {boss} decides.
For {topic} in {place} the limit is {number} {unit}; {boss} may allow more in writing.
Nobody loses a claim to {topic} by changing teams, but {boss} has to be told {when}.
In {place} {topic} is governed by local law, which counts {number} {unit} instead of {number2}.
A request about {topic} that arrives late is treated as if it had been made {when}.
{Who} in {place} keep {topic} for {number} {unit} after they move to another contract.
What {topic} costs is paid first by the person and refunded by {boss} with the next salary.
If {topic} and {other} fall together, {other} comes first and the rest is booked in {system}.
Proof is uploaded to {system} {when}; copies on paper are shredded after {number} {unit}.
{Boss} answers questions about {topic} and keeps a list of the exceptions granted in {place}.
There is no {topic} during the first {number} {unit}, except for {who} who transfer from a sister company.
A refusal of {topic} is explained in writing, and {who} may turn to {boss} {when}.
{Who} and their managers agree on {topic} each spring and note it in {system}.
The rule on {topic} changed this year: it used to be {number2} {unit} and is now {number}.
Using {topic} for private ends is a breach of contract and is looked into by {boss}."""


def composed(count: int, seed: int) -> list[str]:
    """So many different texts: a title and two to four sentences on one topic, now and then with a second one."""
    pick = random.Random(seed)
    topics, patterns = _listed(_TOPICS), _PATTERNS.splitlines()
    texts: dict[str, None] = {}
    while len(texts) < count:
        topic = pick.choice(topics)
        sentences = [_sentence(pick, pattern, topic, topics) for pattern in pick.sample(patterns, pick.randint(2, 4))]
        texts[f"{topic.capitalize()}: {' '.join(sentences)}"] = None
    return list(texts)


def seeds(embedder: Embedder, cache: Path) -> tuple[Vectors, Vectors]:
    """Embedded texts (20,000, dim) and held back ones (1,000, dim); kept in `cache` for the next run."""
    made = hashlib.sha256("".join(composed(50, 1)).encode()).hexdigest()[:8]
    file = cache / f"seeds-{embedder.id}-{made}.npy"
    if not file.exists():
        np.save(file, embedder.passages(composed(TEXTS + QUESTIONS, 1)))
    vectors = np.load(file)
    return vectors[:TEXTS], vectors[TEXTS:]


def grown(real: Vectors, rows: int, seed: int = 2) -> Vectors:
    """So many unit vectors (rows, dim): the real ones, then points between near ones with noise; shuffled."""
    generator = np.random.default_rng(seed)
    index = faiss.IndexFlatIP(real.shape[1])
    index.add(real)
    _, near = index.search(real, _NEIGHBOURS + 1)
    made = np.empty((rows, real.shape[1]), dtype=np.float32)
    made[: len(real)] = real[:rows]
    for start in range(len(real), rows, _BLOCK):
        count = min(_BLOCK, rows - start)
        one = generator.integers(0, len(real), count)
        other = near[one, generator.integers(1, _NEIGHBOURS + 1, count)]
        share = generator.random((count, 1), dtype=np.float32)
        made[start : start + count] = moved(share * real[one] + (1 - share) * real[other], _ROW_NOISE, generator)
    generator.shuffle(made)
    return made


def asked(held_back: Vectors, count: int, seed: int = 3) -> Vectors:
    """Questions (count, dim): texts that are not in the index, moved away from where texts lie."""
    generator = np.random.default_rng(seed)
    return moved(held_back[generator.permutation(len(held_back))[:count]], _QUESTION_NOISE, generator)


def moved(vectors: Vectors, length: float, generator: np.random.Generator) -> Vectors:
    """The vectors moved by about `length` in random directions, of length 1 again."""
    noise = generator.standard_normal(vectors.shape, dtype=np.float32) * np.float32(length / vectors.shape[1] ** 0.5)
    there = vectors + noise
    return np.asarray(there / np.linalg.norm(there, axis=1, keepdims=True), dtype=np.float32)


def audiences(rows: int, seed: int = 4) -> NDArray[np.str_]:
    """One audience a row, shuffled: `half` for 50 % of the rows, `tenth`, `hundredth`, `thousandth`, `rest`."""
    names = np.full(rows, "group:rest", dtype="<U16")
    ends = np.cumsum([rows // 2, rows // 10, rows // 100, rows // 1000])
    for name, start, end in zip(("half", "tenth", "hundredth", "thousandth"), [0, *ends], ends, strict=False):
        names[start:end] = f"group:{name}"
    np.random.default_rng(seed).shuffle(names)
    return names


def _sentence(pick: random.Random, pattern: str, topic: str, topics: list[str]) -> str:
    who, boss = pick.choice(_listed(_WHO)), pick.choice(_listed(_BOSS))
    return pattern.format(
        topic=topic,
        other=pick.choice(topics),
        who=who,
        Who=who.capitalize(),
        boss=boss,
        Boss=boss.capitalize(),
        place=pick.choice(_listed(_PLACE)),
        system=pick.choice(_listed(_SYSTEM)),
        when=pick.choice(_listed(_WHEN)),
        unit=pick.choice(_listed(_UNIT)),
        number=pick.randint(2, 60),
        number2=pick.randint(2, 60),
    )


def _listed(words: str) -> list[str]:
    return [word.strip().replace("\n", " ") for word in words.split(";")]
