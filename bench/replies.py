"""How often an inferred reply points where people said it does, and the fit of the coefficients.

    python bench/replies.py [--write]

Gold: links drawn by hand between a message and the earlier ones it answers, in six IRC channels (Kummerfeld 2019,
``irc_disentangle`` under HEARTH_DATA). Every channel is judged by coefficients fitted on the other channels alone.
``--write`` stores those fitted on all of them in ``hearth/insight/rules/reply_model.json`` and the table in
``docs/explanation/replies.md``.
"""

import json
import os
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from hearth.insight.queries.archive import read_archive
from hearth.insight.rules import links
from hearth.insight.rules.replies import chat_of, read_talk
from hearth.insight.rules.talk_log_builder import TalkLogBuilder

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))
PAGE = ROOT / "docs" / "explanation" / "replies.md"
LINE = re.compile(r"(?:\S+ [\d-]+ )?\[(\d\d):(\d\d)(?::\d\d)?\] <([^>]+)> ?(.*)")
DAY_MS = 86_400_000
PENALTY = 3.0
FITTED = "Hearth, fitted on the other channels"

Weights = tuple[np.ndarray, np.ndarray]
Example = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass
class Log:
    """One annotated log: the chat, the answered positions of each judged one, and who wrote."""

    channel: str
    chat: links.Chat
    gold: dict[int, set[int]]
    judged: np.ndarray


def read(name: str, annotation: str, raw: str) -> Log:
    """Lines to a chat as an importer would give it, without any reply, thread or mention."""
    builder, number_of, day, last = TalkLogBuilder(), {}, 1, -1
    for number, line in enumerate(raw.splitlines()):
        found = LINE.match(line)
        if not found:
            continue
        hour, minute, author, text = found.groups()
        now = int(hour) * 60 + int(minute)
        day += now < last
        last = now
        number_of[number] = len(number_of)
        builder.add("room", author, day * DAY_MS + now * 60_000 + number, text, id=str(number))
    chat = chat_of(builder.build(400 * DAY_MS))
    gold: dict[int, set[int]] = defaultdict(set)
    judged, first = set(), 10**9
    for line in annotation.splitlines():
        earlier, later = sorted(int(part) for part in line.split()[:2])
        first = min(first, later)
        if later in number_of:
            judged.add(number_of[later])
        if earlier != later and earlier in number_of and later in number_of:
            gold[number_of[later]].add(number_of[earlier])
    if "new-domains" in name:  # there an opening has no line of its own
        judged.update(place for number, place in number_of.items() if number >= first)
    return Log(channel_of(name), chat, gold, np.array(sorted(judged)))


def channel_of(name: str) -> str:
    """The channel of a file of the data set."""
    return {"dev": "ubuntu", "test": "ubuntu", "channel-two": "linux"}.get(
        name.split("/")[1], name.rsplit("/", maxsplit=1)[-1].split(".", maxsplit=1)[0]
    )


def logs() -> list[Log]:
    """Every annotated log; of the second channel the whole of it, which holds its parts."""
    found = []
    with zipfile.ZipFile(DATA / "irc_disentangle" / "annotated.zip") as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith("annotation.txt") or ("channel-two" in name and ".all." not in name):
                continue
            ending = "ascii" if "new-domains" in name else "raw"
            raw = archive.read(name.replace("annotation", ending)).decode("utf-8", "replace")
            found.append(read(name, archive.read(name).decode(), raw))
    return found


def examples(log: Log) -> Example:
    """Signs of all candidates (message, candidate, sign), openings, and which candidate is right (the last: none)."""
    here = log.judged
    columns = [np.where(there[here] >= 0, there[here], -1) for there in log.chat.candidates(0, len(log.chat))]
    signs, right = [], []
    for there in columns:
        some = np.flatnonzero(there >= 0)
        table = np.full((len(here), len(links.signs(log.chat, here[:1], here[:1]))), np.nan, dtype=np.float32)
        table[some] = links.signs(log.chat, here[some], there[some]).T
        signs.append(table)
        right.append([t >= 0 and int(t) in log.gold.get(int(h), ()) for h, t in zip(here, there, strict=True)])
    opens = [not log.gold.get(int(h)) for h in here]
    return np.stack(signs, axis=1), links.openings(log.chat, here).T, np.array([*right, opens]).T


def fit(parts: list[Example], weights: list[float]) -> Weights:
    """Maximum likelihood of the right candidates together (softmax), with a quadratic penalty."""
    weight = np.concatenate([np.full(len(part[0]), w) for part, w in zip(parts, weights, strict=True)])
    signs, opens, right = (np.concatenate([part[n] for part in parts]) for n in range(3))
    known = right.any(axis=1)
    signs, opens, right, weight = signs[known], opens[known], right[known], weight[known]
    missing = np.isnan(signs[:, :, 0])
    signs = np.nan_to_num(signs).astype(np.float64)
    count = signs.shape[2]
    scale = np.r_[signs[~missing].std(axis=0), opens.std(axis=0)]
    scale[scale == 0] = 1

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        by_sign, by_opening = beta[:count] / scale[:count], beta[count:] / scale[count:]
        score = np.c_[np.where(missing, -1e9, signs @ by_sign), opens @ by_opening]
        score -= score.max(axis=1, keepdims=True)
        power = np.exp(score)
        chance, good = power / power.sum(axis=1, keepdims=True), power * right
        pull = (good / good.sum(axis=1, keepdims=True) - chance) * weight[:, None]
        value = -(weight * np.log(good.sum(axis=1) / power.sum(axis=1))).sum()
        slope = np.r_[np.einsum("nk,nkf->f", pull[:, :-1], signs), pull[:, -1] @ opens] / scale
        return value + PENALTY * (beta**2).sum() / 2, PENALTY * beta - slope

    beta = minimize(loss, np.zeros(count + opens.shape[1]), jac=True, method="L-BFGS-B").x / scale
    return beta[:count].astype(np.float32), beta[count:].astype(np.float32)


Predict = Callable[[Log], np.ndarray]


def previous(log: Log) -> np.ndarray:
    """The message just before."""
    return np.arange(len(log.chat)) - 1


def previous_other(log: Log) -> np.ndarray:
    """The message just before by somebody else."""
    author, found = log.chat.author, np.full(len(log.chat), -1)
    for place in range(1, len(found)):
        found[place] = place - 1 if author[place - 1] != author[place] else found[place - 1]
    return found


def mentioned(log: Log) -> np.ndarray:
    """The last message of the person called; who calls nobody answers the message just before."""
    return np.where(log.chat.by_called >= 0, log.chat.by_called, previous(log))


def tally(log: Log, found: np.ndarray) -> dict[str, np.ndarray]:
    """True, said and drawn links: all of them, and those between two people."""
    author = log.chat.author
    hits = {"all": np.zeros(3), "people": np.zeros(3)}
    for here in log.judged:
        gold, there = log.gold.get(int(here), set()), int(found[here])
        others = {one for one in gold if author[one] != author[here]}
        hits["all"] += (there in gold, there >= 0, len(gold))
        to_other = there >= 0 and author[there] != author[here]
        hits["people"] += (there in others, to_other, len(others))
    return hits


def rates(hits: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    true, said, drawn = hits
    precision, recall = true / max(said, 1), true / max(drawn, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def first_version(log: Log) -> np.ndarray:
    """What stood here before: the last message in seven days by the person called; who calls nobody answers the message
    before by somebody else, within 15 minutes, or within a day when that one asks; only the first of a run does.
    """
    chat, found = log.chat, np.full(len(log.chat), -1)
    others = previous_other(log)
    for here, there in enumerate(others):
        if chat.called[here] >= 0:
            found[here] = chat.by_called[here]
        elif there == here - 1 and there >= 0:
            gap = chat.at[here] - chat.at[there]
            if gap <= 15 * 60_000 or (chat.asks[there] and gap <= DAY_MS):
                found[here] = there
    return found


def conversations(log: Log, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels of the judged messages: as drawn, and as found."""
    drawn_in, found_in = np.arange(len(log.chat)), np.arange(len(log.chat))

    def root(labels: np.ndarray, place: int) -> int:
        while labels[place] != place:
            place = labels[place]
        return place

    for here in log.judged:
        for there in log.gold.get(int(here), ()):
            drawn_in[root(drawn_in, int(here))] = root(drawn_in, there)
        if found[here] >= 0:
            found_in[root(found_in, int(here))] = root(found_in, int(found[here]))
    both = [[root(labels, int(place)) for place in log.judged] for labels in (drawn_in, found_in)]
    return np.array(both[0]), np.array(both[1])


def agreement(log: Log, found: np.ndarray) -> tuple[float, int, int, int]:
    """1 - VI / log n (1 is perfect); conversations of two or more messages that match exactly, are found, are drawn."""
    drawn, made = conversations(log, found)
    _, a = np.unique(drawn, return_inverse=True)
    _, b = np.unique(made, return_inverse=True)
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    share = table / table.sum()

    def entropy(p: np.ndarray) -> float:
        p = p[p > 0]
        return float(-(p * np.log(p)).sum())

    apart = 2 * entropy(share) - entropy(share.sum(0)) - entropy(share.sum(1))
    rows, columns = table.sum(1), table.sum(0)
    same = int(((table == rows[:, None]) & (table == columns[None, :]) & (rows[:, None] >= 2)).sum())
    return 1 - apart / np.log(len(drawn)), same, int((columns >= 2).sum()), int((rows >= 2).sum())


RULES: dict[str, Predict] = {
    "The message just before": previous,
    "The message just before by somebody else": previous_other,
    "The last message of the person called, else the one before": mentioned,
    "Hearth's first version": first_version,
}


def fitted(every: list[Log], parts: list[Example], left_out: str | None) -> Weights:
    """Coefficients from every channel but one; a large channel counts no more than 2,000 messages."""
    size = {one: sum(len(log.judged) for log in every if log.channel == one) for one in channels(every)}
    chosen = [n for n, log in enumerate(every) if log.channel != left_out]
    return fit([parts[n] for n in chosen], [min(1.0, 2000 / size[every[n].channel]) for n in chosen])


def channels(every: list[Log]) -> list[str]:
    """The channels, in order."""
    return list(dict.fromkeys(log.channel for log in every))


def judged(every: list[Log], rule: Predict) -> dict[str, Any]:
    """One rule's rates: links between people, all links, conversations, and people's F1 by channel."""
    found = [rule(log) for log in every]
    hits = [tally(log, links_) for log, links_ in zip(every, found, strict=True)]
    groups = [agreement(log, links_) for log, links_ in zip(every, found, strict=True)]
    same, made, drawn = (sum(one[n] for one in groups) for n in (1, 2, 3))
    return {
        "people": rates(sum(hit["people"] for hit in hits)),
        "all": rates(sum(hit["all"] for hit in hits)),
        "vi": float(np.mean([one[0] for one in groups])),
        "exact": 2 * same / (made + drawn),
        "channels": {
            name: rates(sum(hit["people"] for log, hit in zip(every, hits, strict=True) if log.channel == name))
            for name in channels(every)
        },
    }


def table(results: dict[str, dict[str, Any]], every: list[Log]) -> str:
    """The results as two tables."""
    head = [
        "",
        *(f"{kind}: {rate}" for kind in ("between people", "all links") for rate in ("precision", "recall", "F1")),
    ]
    rows = [[*head, "conversations: 1 - VI / log n", "exact F1"]]
    for name, one in results.items():
        rows.append([name, *(f"{value:.3f}" for value in (*one["people"], *one["all"], one["vi"], one["exact"]))])
    best, first = results[FITTED], results["Hearth's first version"]
    by = [["channel", "messages judged", "precision", "recall", "F1", "F1 of the first version"]]
    for name, values in best["channels"].items():
        count = sum(len(log.judged) for log in every if log.channel == name)
        by.append([name, f"{count:,}", *(f"{v:.3f}" for v in values), f"{first['channels'][name][2]:.3f}"])
    return f"{markdown(rows)}\n\n{markdown(by)}"


def topics(name: str, rule: Predict) -> tuple[float, float]:
    """A Zulip archive read as if it had no topics: share of inferred replies that stay within their topic, and share of
    the turns of a topic (another person's message after the first) that were linked into it.
    """
    log = read_archive(DATA / name / "messages.ndjson.xz")
    nothing = np.full(len(log), -1, dtype=np.int32)
    flat = replace(log, reply_to=nothing, thread=nothing)
    chat, found_in = chat_of(flat), read_talk(log).target
    rows = np.lexsort((np.arange(len(log)), log.group))
    rows = rows[log.human[rows]][np.argsort(-log.group[rows[log.human[rows]]], kind="stable")]
    topic, found = log.thread[rows], rule(Log(name, chat, {}, nothing))
    there = np.maximum(found, 0)
    said = (found >= 0) & (chat.author[there] != chat.author)
    right = said & (topic[there] == topic)
    before = np.maximum(np.arange(len(topic)) - 1, 0)
    going_on = (topic[before] == topic) & (chat.author[before] == chat.author)
    turns = (found_in[rows] >= 0) & ~going_on
    return float(right.sum() / said.sum()), float((right & turns).sum() / turns.sum())


def quiet_table(rules: dict[str, Predict]) -> str:
    """How links hold in slow rooms, as a table."""
    rows = [["archive", "rule", "links within their topic", "turns linked into their topic"]]
    for name in ("ncar_zulip", "bytecodealliance_zulip"):
        rows.extend([name, rule, *(f"{value:.3f}" for value in topics(name, rules[rule]))] for rule in rules)
    return markdown(rows)


def markdown(rows: list[list[str]]) -> str:
    """A table, the first row its head."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:]))


def write(weights: Weights, tables: str) -> None:
    """The coefficients beside the code, the tables into the page."""
    plain = {
        "about": "bench/replies.py --write: all six annotated channels of irc_disentangle (CC-BY-4.0)",
        "signs": [round(float(w), 4) for w in weights[0]],
        "openings": [round(float(w), 4) for w in weights[1]],
    }
    links.MODEL_FILE.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition("<!-- measured -->")
    after = rest.partition("<!-- /measured -->")[2]
    PAGE.write_text(f"{before}<!-- measured -->\n\n{tables}\n\n<!-- /measured -->{after}", encoding="utf-8")


def main() -> None:
    """Judge every rule; with ``--write`` keep what was fitted and measured."""
    every = logs()
    parts = [examples(log) for log in every]
    weights = {name: fitted(every, parts, name) for name in channels(every)}
    rules = {**RULES, FITTED: lambda log: links.linked(log.chat, weights[log.channel])}
    results = {name: judged(every, rule) for name, rule in rules.items()}
    for name, one in results.items():
        people, every_link = ("/".join(f"{value:.3f}" for value in one[kind]) for kind in ("people", "all"))
        print(
            f"replies {name}: people P/R/F1 {people}, all {every_link}, 1-VI {one['vi']:.3f}, exact {one['exact']:.3f}"
        )
    if "--write" in sys.argv:
        final = fitted(every, parts, None)
        slow: dict[str, Predict] = {"first version": first_version, "Hearth": lambda log: links.linked(log.chat, final)}
        write(final, f"{table(results, every)}\n\n{quiet_table(slow)}")


if __name__ == "__main__":
    main()
