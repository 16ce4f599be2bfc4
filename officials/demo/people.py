"""54 officials who do not exist: 14 deputy mayors and 40 county leaders.

Their given names are made of crops, water and weather, so that nobody is meant by them.
"""

from dataclasses import dataclass

from officials.demo.regions import read


@dataclass(frozen=True)
class Person:
    region_code: str
    surname: str
    given: str
    icon: str
    catchphrase_zh: str
    catchphrase_en: str

    @property
    def name_zh(self) -> str:
        return self.surname + self.given

    @property
    def name_en(self) -> str:
        from pypinyin import lazy_pinyin  # see products.lexemes

        surname = "".join(lazy_pinyin(self.surname)).capitalize()
        return f"{surname} {''.join(lazy_pinyin(self.given)).capitalize()}"

    @property
    def slug(self) -> str:
        return self.name_en.lower().replace(" ", "-")


PEOPLE = tuple(Person(**row) for row in read("officials.csv"))
HOST_OF_THE_DEMO = "451223"
"""The region whose official is the demo's `official@` account."""
