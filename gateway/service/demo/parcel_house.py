"""The shop of the parcels story: its settings and people, as IT would set them up."""

from __future__ import annotations

from gateway.api.tokens import create_user
from gateway.core.authority import Actor, Role
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.parcels import feeds
from gateway.parcels.sandbox.books import Credentials
from gateway.store import Store

BIC = "044525225"
POST_INN = "7724490000"
POST_ACCOUNT = with_key("40502810000000000077", BIC)
SMS_LOGIN = ("svetorama", "sms-2026")
REPORT_TO = "sklad@svetorama.example"
SEGMENT = Money(3_50)
COD_DAYS = 14

IT = Actor("demo", Role.IT)
DIRECTOR = Actor("Борис Директор", Role.DIRECTOR)
ACCOUNTANT = Actor("Анна Бухгалтер", Role.ACCOUNTANT)
MANAGER = Actor("Марк Менеджер", Role.MANAGER)
WAREHOUSE = Actor("Витя Кладовщик", Role.WAREHOUSE)
_PEOPLE = (DIRECTOR, ACCOUNTANT, MANAGER, WAREHOUSE)
_PROGRAM = "Интернет-магазин"


def settings_of(carriers: dict[str, str], login: Credentials, sms_port: int, mail_port: int, web_port: int) -> str:
    """What a shop that sends parcels adds to kvit.toml.

    Args:
        carriers: addresses, as `CarrierServer.urls` has them.
    """
    return f"""
[parcels]
cod_days = {COD_DAYS}
report_to = ["{REPORT_TO}"]
[parcels.guess]
on = true
least = 40

[[carrier]]
key = "post"
login = "{login.post_login}"
url = "{carriers["single"]}"
batch_url = "{carriers["batch"]}"
batch = true
daily = 0
inn = "{POST_INN}"
kpp = "770101001"
contract = "№ 5-НП от 01.02.2026"
seat = "125252, г. Москва, ул. 3-я Песчаная, д. 2А"

[[carrier]]
key = "cdek"
login = "{login.cdek_account}"
url = "{carriers["cdek"]}"
daily = 0

[notify]
sender = "SVETORAMA"
segment_kopecks = {SEGMENT.kopecks}

[notify.smpp]
host = "127.0.0.1"
port = {sms_port}
system_id = "{SMS_LOGIN[0]}"
tls = false
per_second = 500

[notify.mail]
host = "127.0.0.1"
port = {mail_port}
security = "none"
sender = "Светорама <parcels@svetorama.example>"

[web]
url = "http://127.0.0.1:{web_port}"
port = {web_port}
"""


def furnish(store: Store, language: str) -> str:
    """Let people in, and the program of the shop's site; its key."""
    with store.unit(IT) as unit:
        for person in _PEOPLE:
            create_user(unit, person.name, person.role, language)
        key = feeds.give(unit, _PROGRAM).key
        unit.commit()
    return key
