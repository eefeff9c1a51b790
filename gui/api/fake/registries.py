"""Payout registries of the make-believe service: looked at, taken in, withdrawn."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

from gui.api.fake import registry_files
from gui.api.fake.registry_files import Reading, Unreadable
from gui.api.fake.render import instant
from gui.api.fake.render_registries import RegistryRecord, detail, row, seen
from gui.api.fake.world import Problem

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]


def found(world: World, name: str) -> RegistryRecord:
    one = world.registries.get(name)
    if one is None:
        raise Problem(404, "api.not_found", "Такого реестра нет.", "There is no such registry.")
    return one


def preview(world: World, body: Json) -> Json:
    partner, data = _given(world, body)
    rows = registry_files.rows_of(data)
    headings, parts = registry_files.guessed(rows, body["file_name"])
    missing = [name for name in ("key", "amount", "number", "date") if name not in parts]
    mapping = body.get("mapping") or partner["mapping"] or (parts if not missing else None)
    error, readings = None, []
    if mapping is not None:
        try:
            readings = [registry_files.read(rows, mapping, body["file_name"])]
        except Unreadable as wrong:
            code, ru, en = wrong.args
            error = {"code": code, "text_ru": ru, "text_en": en, "span": None}
    return {
        "source": partner["source"],
        "mapping": mapping,
        "saved": mapping is not None and mapping == partner["mapping"],
        "missing": missing,
        "found": parts,
        "headings": headings,
        "rows": [{"number": number, "cells": cells} for number, cells in rows[:20]],
        "registries": [seen(one) for one in readings],
        "error": error,
        "server_time": instant(world.now()),
    }


def receive(world: World, body: Json) -> Json:
    """Take a file in; the same bytes once."""
    partner, data = _given(world, body)
    mapping = body.get("mapping") or partner["mapping"]
    if mapping is None:
        raise Problem(422, "registry.no_mapping", "Не настроено, как читать файл.", "Nobody has said how to read it.")
    try:
        reading = registry_files.read(registry_files.rows_of(data), mapping, body["file_name"])
    except Unreadable as wrong:
        raise Problem(422, *wrong.args) from None
    if body.get("save_mapping"):
        partner |= {"mapping": mapping, "at": instant(world.now()), "by": world.user}
    digest = hashlib.sha256(data).hexdigest()
    same = [r for r in world.registries.values() if (r.sha256, r.state != "withdrawn") == (digest, True)]
    made = same[0] if same else _keep(world, partner, reading, body["file_name"], digest)
    return {
        "registries": [row(world, made)],
        "known": [one.id for one in same],
        "decided": 0,
        "server_time": instant(world.now()),
    }


def withdraw(world: World, name: str, body: Json, wanted: int | None) -> Json:
    one = found(world, name)
    world.check_version(one, wanted)
    note = str(body.get("note") or "").strip()
    if not note:
        raise Problem(422, "registry.note_missing", "Напишите, почему реестр отзывается.", "Say why it is withdrawn.")
    if one.state == "used":
        raise Problem(422, "registry.used", "По реестру разнесена выплата.", "A payout rests on this registry.")
    one.state, one.note, one.version = "withdrawn", note, one.version + 1
    world.tell("registry", name)
    return detail(world, one, {})


def _keep(world: World, partner: Json, reading: Reading, file_name: str, digest: str) -> RegistryRecord:
    name = world.next_id("r")
    one = RegistryRecord(
        name, partner["source"], partner["partner_inn"], reading, file_name, world.now(), world.user, digest
    )
    world.registries[name] = one
    world.tell("registry", name)
    return one


def _given(world: World, body: Json) -> tuple[Json, bytes]:
    partner = world.partners.get(str(body.get("partner_inn")))
    if partner is None:
        raise Problem(422, "registry.partner_unknown", "Такого партнёра по выплатам нет.", "No such payout partner.")
    try:
        return partner, base64.b64decode(body["content"], validate=True)
    except binascii.Error:
        raise Problem(422, "registry.content_wrong", "Файл передан неверно.", "The file was sent wrongly.") from None
