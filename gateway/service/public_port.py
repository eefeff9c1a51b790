"""The public port in the service: what the world sees of loans and of parcels, on one address."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from gateway.api.server import ApiServer, Tls
from gateway.service.broker import Brokerage
from gateway.service.config import Config, Home
from gateway.service.parcel_watch import ParcelWatch
from gateway.store import Store
from gateway.web.app import create_web
from gateway.web.room import ParcelsWeb, PublicRoom, Seller

_log = structlog.get_logger("service.public")


class PublicPort:
    """Opened by `start`; nothing where the configuration has no `[web] url`.

    Args:
        brokerage, parcels: what is served; at least one of them.
        wake: told after every change; returns at once.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        store: Store,
        brokerage: Brokerage | None,
        parcels: ParcelWatch | None,
        wake: Callable[[], None],
    ) -> None:
        self._home, self._config, self._store = home, config, store
        self._brokerage, self._parcels, self._wake = brokerage, parcels, wake
        self._server: ApiServer | None = None

    def start(self) -> str:
        """Listen; returns the address as the world knows it, "" without a public port.

        Raises:
            Refused: `web.*`, `api.*`.
        """
        web = self._config.web
        if not web.url:
            return ""
        tls = Tls(self._home.root / web.certificate, self._home.root / web.key) if web.certificate else None
        self._server = ApiServer(create_web(self._room()), host=web.host, port=web.port, tls=tls)
        listening = self._server.start()
        _log.info("public port", listening=listening, url=web.url)
        return web.url

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.stop()

    def _room(self) -> PublicRoom:
        parcels = self._parcels_room()
        if self._brokerage is not None:
            return self._brokerage.web_room(parcels)
        return PublicRoom(
            store=self._store,
            url=self._config.web.url,
            changed=self._wake,
            behind_proxy=self._config.web.behind_proxy,
            parcels=parcels,
        )

    def _parcels_room(self) -> ParcelsWeb | None:
        table = self._config.parcels
        if self._parcels is None or table is None:
            return None
        return ParcelsWeb(
            terms=self._parcels.room.terms,
            notify=self._parcels.notify,
            follow=self._parcels.follow,
            phone=table.phone,
            sellers={agent.key: Seller(agent.name, agent.phone) for agent in self._config.agent},
        )
