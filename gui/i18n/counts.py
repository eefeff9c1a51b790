"""Texts with a number whose word changes with it: 1 платёж, 3 платежа, 7 платежей.

They stand together because `pyside6-lupdate` knows plural forms only from `self.tr` inside a class.
"""

from __future__ import annotations

from PySide6.QtCore import QObject


class Counts(QObject):
    """One method per counted thing."""

    def payments(self, n: int) -> str:
        return self.tr("%n payment(s)", "", n)

    def more_payments(self, n: int) -> str:
        return self.tr("And %n more payment(s).", "", n)

    def to_sign(self, n: int) -> str:
        return self.tr("%n payment order(s) to sign", "", n)

    def pick_lists(self, n: int) -> str:
        return self.tr("%n pick list(s)", "", n)

    def calls(self, n: int) -> str:
        return self.tr("%n call(s)", "", n)

    def tasks(self, n: int) -> str:
        return self.tr("%n task(s)", "", n)

    def alarms(self, n: int) -> str:
        return self.tr("%n alarm(s)", "", n)

    def positions(self, n: int) -> str:
        return self.tr("%n position(s)", "", n)

    def attempts(self, n: int) -> str:
        return self.tr("%n attempt(s)", "", n)

    def times(self, n: int) -> str:
        return self.tr("%n time(s)", "", n)

    def days_ago(self, n: int) -> str:
        return self.tr("%n day(s) ago", "", n)

    def days_left(self, n: int) -> str:
        return self.tr("%n day(s) left", "", n)

    def days_late(self, n: int) -> str:
        return self.tr("late by %n day(s)", "", n)

    def days(self, n: int) -> str:
        return self.tr("%n day(s)", "", n)

    def months(self, n: int) -> str:
        return self.tr("%n month(s)", "", n)

    def late_ones(self, n: int) -> str:
        return self.tr("%n late", "", n)

    def loan_calls(self, n: int) -> str:
        return self.tr("%n call(s) about loans", "", n)

    def applications(self, n: int) -> str:
        return self.tr("%n application(s)", "", n)

    def offers(self, n: int) -> str:
        return self.tr("%n offer(s)", "", n)

    def statements(self, n: int) -> str:
        return self.tr("%n statement(s)", "", n)

    def bad_rows(self, n: int) -> str:
        return self.tr("%n row(s) could not be read.", "", n)

    def registry_lines(self, n: int) -> str:
        return self.tr("%n line(s)", "", n)

    def payouts_decided(self, n: int) -> str:
        return self.tr("%n payout(s) explained by it", "", n)

    def rows(self, n: int) -> str:
        return self.tr("%n row(s)", "", n)

    def parcels(self, n: int) -> str:
        return self.tr("%n parcel(s)", "", n)

    def stuck_parcels(self, n: int) -> str:
        return self.tr("%n stuck parcel(s)", "", n)

    def missing_cod(self, n: int) -> str:
        return self.tr("cash on delivery of %n parcel(s) missing", "", n)

    def quiet_messages(self, n: int) -> str:
        return self.tr("%n message(s) came in quiet hours.", "", n)


counts = Counts()
