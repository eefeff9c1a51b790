"""Status and health of the make-believe service as the contract's JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gui.api.fake.render import Json, instant, sha

if TYPE_CHECKING:
    from gui.api.fake.world import World


def first_link(world: World) -> Json:
    """The channel whose polls the world keeps."""
    now = world.now()
    last = world.polls[0] if world.polls else None
    failed = last is not None and last.result == "failed"
    return {
        "channel": "bxd:bank-one",
        "title": "Учебный банк",
        "last_poll_at": instant(last.at if last else None),
        "last_good_at": instant(next((p.at for p in world.polls if p.result != "failed"), None)),
        "next_poll_at": instant(last.at + timedelta(minutes=5) if last else None),
        "last_result": last.result if last else "never",
        "new_files": last.files if last else 0,
        "error": {
            "code": "bank.away",
            "text_ru": "Банк не отвечает",
            "text_en": "The bank does not answer",
            "hint_ru": "Проверьте интернет; опрос повторится сам",
            "hint_en": "Check the internet line; polling goes on by itself",
        }
        if failed
        else None,
        "certificate_expires": (now + timedelta(days=world.certificate_days)).date().isoformat(),
        "days_left": world.certificate_days,
        "renewal_due": world.certificate_days <= 30,
    }


def status(world: World) -> Json:
    now = world.now()
    needs = world.needs()
    last = world.polls[0] if world.polls else None
    failed = last is not None and last.result == "failed"
    state = "failed" if failed else ("needs_you" if sum(needs.values()) else "ok")
    return {
        "state": state,
        "needs": needs,
        "bank": [first_link(world)],
        "alarms": [
            {
                "id": a.id,
                "code": a.code,
                "text_ru": a.text[0],
                "text_en": a.text[1],
                "hint_ru": a.hint[0],
                "hint_en": a.hint[1],
                "raised_at": instant(a.raised),
                "last_at": instant(a.raised),
                "count": a.count,
                "severity": a.severity,
            }
            for a in world.alarms.values()
        ],
        "sla": {"released_today": 12, "p50_s": 6.4, "p95_s": 48.0, "within_15_min": 0.98},
        "release_mode": world.release_mode,
        "company": world.company,
        "version": "0.1.0",
        "server_time": instant(now),
    }


def health(world: World) -> Json:
    now = world.now()
    last = world.polls[0] if world.polls else None
    failed = last is not None and last.result == "failed"

    def component(code: str, title: tuple[str, str], state: str, text: tuple[str, str], hint: tuple[str, str]) -> Json:
        return {
            "code": code,
            "title_ru": title[0],
            "title_en": title[1],
            "state": state,
            "text_ru": text[0],
            "text_en": text[1],
            "hint_ru": hint[0],
            "hint_en": hint[1],
        }

    none = ("", "")
    return {
        "components": [
            component(
                "bank",
                ("Связь с банком", "Bank link"),
                "error" if failed else "ok",
                ("Банк не отвечает", "The bank does not answer") if failed else ("Опрошен", "Polled"),
                ("Проверьте интернет и сертификат клиента", "Check the internet line and the client certificate")
                if failed
                else none,
            ),
            component(
                "certificate",
                ("Сертификат подписи", "Signing certificate"),
                "ok",
                ("Действует ещё 83 дня", "Valid for 83 more days"),
                none,
            ),
            component(
                "journal", ("Журнал", "Journal"), "ok", ("Цепочка проверена сегодня", "Chain verified today"), none
            ),
            component(
                "onec",
                ("Обмен с 1С", "1C exchange"),
                "warning" if world.dead else "ok",
                ("Не доставлено файлов: 1", "1 file is not delivered")
                if world.dead
                else ("Очередь пуста", "The queue is empty"),
                (
                    "Подключите сетевой диск и нажмите «Повторить»",
                    "Connect the network drive and press Try again",
                )
                if world.dead
                else none,
            ),
            component("disk", ("Диск", "Disk"), "ok", ("Свободно 214 ГБ", "214 GB free"), none),
            component("clock", ("Часы", "Clock"), "ok", ("Отличие от банка 0,4 с", "0.4 s off the bank's clock"), none),
        ],
        "polls": [
            {
                "at": instant(p.at),
                "channel": "bxd:bank-one",
                "result": p.result,
                "duration_ms": p.ms,
                "files": p.files,
                "error_code": p.error,
            }
            for p in world.polls
        ],
        "dead_letters": [
            {
                "id": d.id,
                "topic": d.topic,
                "key": d.key,
                "attempts": d.attempts,
                "last_error": d.error,
                "created_at": instant(d.created),
            }
            for d in world.dead.values()
        ],
        "messages": [
            {
                "id": "m-bad-1",
                "reference": "CF-77103",
                "kind": "camt.054",
                "received_at": instant(now - timedelta(minutes=52)),
                "state": "refused",
                "reason": "bank.signature_invalid",
                "size": 18_420,
            },
            {
                "id": "m-p-s00",
                "reference": "CF-77102",
                "kind": "camt.052",
                "received_at": instant(now - timedelta(minutes=57)),
                "state": "proved",
                "reason": None,
                "size": 9_211,
            },
        ],
        "journal": {
            "rows": 18_204,
            "head": sha("head"),
            "verified_at": instant(now - timedelta(hours=2)),
        },
        "outbox": {"waiting": 0, "dead": len(world.dead)},
        "server_time": instant(now),
    }
