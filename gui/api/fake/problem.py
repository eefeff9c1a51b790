"""Answers of the make-believe service other than 2xx."""

from __future__ import annotations

from gui.api.fake.records import PaymentRecord


class Problem(Exception):
    """An answer other than 2xx."""

    def __init__(
        self, status: int, code: str, ru: str, en: str, hint_ru: str = "", hint_en: str = "", **values: str
    ) -> None:
        self.status = status
        self.body = {
            "error": {
                "code": code,
                "text_ru": ru,
                "text_en": en,
                "hint_ru": hint_ru,
                "hint_en": hint_en,
                "values": values,
            }
        }
        super().__init__(code)


def overtaken(payment: PaymentRecord) -> Problem:
    """Somebody decided about the payment meanwhile: who, when and what."""
    at, by, ru, en = payment.history[-1]
    when = f"{at.astimezone():%d.%m.%Y %H:%M}"
    return Problem(
        412,
        "payment.changed",
        f"Поступление от «{payment.payer.name}» тем временем изменилось — {by}, {when}: «{ru}».",
        f"The payment of “{payment.payer.name}” has changed meanwhile, by {by}, {when}: “{en}”.",
        "Обновите экран и проверьте решение коллеги.",
        "Refresh and look at your colleague's decision.",
        by=by,
        when=when,
        what=ru,
        what_en=en,
    )
