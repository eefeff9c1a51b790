"""A person named where only a name stands: surname with initials, with a first name, or behind "за"."""

from __future__ import annotations

import re

from gateway.core.text import fold
from gateway.matching.naming import contradicts

_W = "а-яa-z"
# The commonest; with another first name a surname is read by its initials only.
_FIRST_NAMES = (
    "александр|алексей|анатолий|андрей|антон|артем|борис|вадим|валентин|валерий|василий|виктор|виталий"
    "|владимир|владислав|вячеслав|геннадий|георгий|григорий|денис|дмитрий|евгений|егор|иван|игорь|илья|кирилл"
    "|константин|леонид|максим|михаил|никита|николай|олег|павел|петр|роман|руслан|сергей|станислав|степан"
    "|тимур|юрий|ярослав|александра|алена|алина|алла|анастасия|анна|валентина|валерия|вера|вероника|виктория"
    "|галина|дарья|диана|евгения|екатерина|елена|жанна|зоя|инна|ирина|кристина|ксения|лариса|лидия|любовь"
    "|людмила|маргарита|марина|мария|надежда|наталья|нина|оксана|ольга|полина|раиса|светлана|софья|тамара"
    "|татьяна|юлия|яна"
)
_INITIALS = re.compile(rf"[а-я]{{3,}}(?:-[а-я]+)?\s+[а-я]\.\s?[а-я]\.?(?![{_W}])")
_SURNAME = re.compile(rf"[а-я]{{2,}}(?:ова|ева|ову|еву|овой|евой|ского|скую|цкого|цкую)(?![{_W}])")
_FOR = re.compile(rf"(?<![{_W}])(?:за|от|для)\s+$")
_FULL_NAME = re.compile(
    rf"[а-я]{{2,}}(?:ов|ев|ин|ын|ова|ева|ина|ына|ский|цкий|ская|цкая|енко|ук|юк|ян)\s+(?:{_FIRST_NAMES})(?![{_W}])"
)
_PATRONYMIC = re.compile(rf"(?<![{_W}])([а-я-]+\s+[а-я]+)\s+[а-я]+(?:ович|евич|ич|овна|евна|ична|инична)(?![{_W}])")


def person_ends(text: str, start: int, payer: str) -> int:
    """Where a person's name ends that is no buyer's in full ("Егоров П.И.", "Егоров Пётр", "за Егорова"), or 0."""
    person = _INITIALS.match(text, start)
    if person is not None:
        return person.end() if contradicts(person[0], payer) else 0
    if _FOR.search(text, 0, start):
        person = _FULL_NAME.match(text, start) or _SURNAME.match(text, start)
    elif not text[:start].rstrip()[-1:].isalpha():  # "клиент Петров Олег" is the payer's own
        person = _FULL_NAME.match(text, start)
    if person is None:
        return 0
    without_patronymic = _PATRONYMIC.sub(r"\1", fold(payer))  # "за Петрова" is not Иванова Мария Петровна
    return person.end() if contradicts(person[0], without_patronymic) else 0
