"""Invented names (``names.toml``), each real one given once."""

import random
import tomllib
from importlib.resources import files
from typing import NamedTuple

_TEXTS = tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))
FAMILY_ZH = tuple(pair.split(":") for pair in _TEXTS["family_zh"].split())
GIVEN_ZH = {sex: tuple(pair.split(":") for pair in _TEXTS[f"given_zh_{sex}"].split()) for sex in "fm"}
GIVEN_EN: dict[str, list[str]] = {sex: _TEXTS[f"given_en_{sex}"].split() for sex in "fm"}
FAMILY_EN: list[str] = _TEXTS["family_en"].split()
CHOSEN_ZH: list[str] = _TEXTS["chosen_zh"].split()
CHOSEN_EN: list[str] = _TEXTS["chosen_en"]


class Name(NamedTuple):
    """A real name in characters (or Latin for others) and in Latin letters."""

    native: str
    latin: str


class NameMaker:
    """Names without repetition, by a given source of chance."""

    def __init__(self, rng: random.Random, taken: set[str]) -> None:
        self._rng = rng
        self._taken = taken
        self._chosen = {"zh": list(CHOSEN_ZH), "en": list(CHOSEN_EN)}
        for names in self._chosen.values():
            rng.shuffle(names)

    def real(self, language: str, sex: str) -> Name:
        """A real name nobody of this community has yet."""
        while True:
            name = self._chinese(sex) if language == "zh" else self._western(sex)
            if name.latin not in self._taken:
                self._taken.add(name.latin)
                return name

    def chosen(self, language: str) -> str:
        """The name a patient goes by."""
        names = self._chosen[language]
        if not names:
            base = CHOSEN_ZH if language == "zh" else CHOSEN_EN
            return f"{self._rng.choice(base)} {self._rng.randint(10, 9999)}"
        return names.pop()

    def _chinese(self, sex: str) -> Name:
        family, family_latin = self._rng.choice(FAMILY_ZH)
        given, given_latin = self._rng.choice(GIVEN_ZH[sex])
        return Name(family + given, f"{family_latin} {given_latin}")

    def _western(self, sex: str) -> Name:
        name = f"{self._rng.choice(GIVEN_EN[sex])} {self._rng.choice(FAMILY_EN)}"
        return Name(name, name)
