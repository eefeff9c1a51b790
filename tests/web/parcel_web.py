"""What a company that watches parcels adds to a public port of tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.flows.parcel_cod import following
from gateway.notify.terms import NotifyTerms
from gateway.parcels.terms import ParcelTerms
from gateway.web.room import ParcelsWeb
from tests.flows.shop import TERMS as TRADE


def parcels_web(terms: ParcelTerms, notify: NotifyTerms, **more: Any) -> ParcelsWeb:
    """As the service wires it."""
    return ParcelsWeb(terms, notify, following(replace(TRADE, parcels=terms)), **more)
