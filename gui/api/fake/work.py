"""What can be done to pick lists, tasks, alarms and the machinery of the make-believe service."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake import render
from gui.api.fake.world import Problem

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]

PICK_STEPS = {"confirm": "new", "take": "taken", "start": "picking", "close": "closed", "cancel": "cancelled"}
FINAL_RESULTS = ("reached", "agreed_delivery", "will_collect", "resolved", "wrong_number")


def pick_event(world: World, name: str, event: str, body: Json, wanted: int | None) -> Json:
    pick = world.picks.get(name)
    if pick is None:
        raise Problem(404, "pick.unknown", "Такого листа сборки нет.", "There is no such pick list.")
    world.check_version(pick, wanted)
    if event not in world.pick_actions(pick):
        raise Problem(
            422, "state.illegal", "В этом состоянии так сделать нельзя.", "This cannot be done in this state."
        )
    order = world.orders[pick.order]
    if event == "pick":
        _pick_lines(order.lines, body.get("lines") or [])
        short = any(line.picked < line.qty for line in order.lines)
        pick.state, pick.taken_by = "short" if short else "picked", pick.taken_by or world.user
    elif event == "printed":
        pick.printed += 1
    else:
        pick.state = PICK_STEPS[event]
        if event in ("take", "start"):
            pick.taken_by = world.user
        if event == "close":
            order.ship_state, order.stock_state = "ready", "picked"
    pick.version += 1
    world.tell("pick", name)
    world.tell("order", order.id)
    return render.pick_detail(world, pick)


def _pick_lines(lines: list[Any], asked: list[Json]) -> None:
    """What was found; a line that is not named is complete."""
    found = {str(item.get("id")): item for item in asked}
    if set(found) - {line.id for line in lines}:
        raise Problem(404, "pick_list.line_unknown", "Такой строки нет.", "There is no such line.")
    for line in lines:
        item = found.get(line.id, {"picked": str(line.qty)})
        picked = int(float(item.get("picked") or 0))
        if not 0 <= picked <= line.qty:
            raise Problem(422, "pick_list.too_much", "Больше, чем нужно.", "More than is needed.")
        if picked < line.qty and not item.get("short_reason"):
            raise Problem(422, "pick_list.reason_missing", "Укажите причину недостачи.", "Say why it is less.")
        line.picked, line.short_reason = picked, str(item.get("short_reason") or "")


def task_event(world: World, name: str, event: str, body: Json, wanted: int | None) -> Json:
    task = world.tasks.get(name)
    if task is None:
        raise Problem(404, "task.unknown", "Такой задачи нет.", "There is no such task.")
    world.check_version(task, wanted)
    if world.role not in (task.role, "owner"):
        raise Problem(422, "task.other_role", "Эта задача для другой роли.", "This task is for another role.")
    if task.state == "done":
        raise Problem(409, "task.done", "Эту задачу уже закрыл коллега.", "A colleague has closed this task.")
    if event == "take":
        task.state, task.taken_by = "taken", world.user
    elif event == "snooze":
        task.state, task.due = "snoozed", world.now() + timedelta(minutes=int(body.get("minutes") or 5))
        task.attempts += 1
    elif event == "done":
        result = body.get("result")
        if result == "no_answer":
            task.state, task.due = "snoozed", world.now() + timedelta(minutes=5)
            task.attempts += 1
        elif result in FINAL_RESULTS:
            task.state, task.taken_by = "done", task.taken_by or world.user
        else:
            raise Problem(422, "task.result", "Неизвестный итог звонка.", "Unknown result of the call.")
    task.version += 1
    world.tell("task", name)
    return render.task(world, task)


def order_event(world: World, name: str, event: str, wanted: int | None) -> Json:
    order = world.orders.get(name)
    if order is None:
        raise Problem(404, "order.unknown", "Такого заказа нет.", "There is no such order.")
    world.check_version(order, wanted)
    if event == "ship":
        if order.ship_state != "ready":
            raise Problem(422, "order.not_ready", "Заказ ещё не собран.", "The order is not picked yet.")
        order.ship_state = "shipped"
    else:
        order.cancelled = True
    order.version += 1
    world.tell("order", name)
    return render.order_detail(world, order)


def machinery_event(world: World, path: list[str], body: Json) -> Json:
    """health/poll, outbox/{id}/retry, alarms/{id}/acknowledge, settings/release."""
    match path:
        case ["health", "poll"]:
            world.poll()
        case ["outbox", name, "retry"] if name in world.dead:
            del world.dead[name]
            world.tell("status")
        case ["outbox", name, "retry"] if name.startswith("lc-"):
            world.retried.append(name)
        case ["alarms", name, "acknowledge"] if name in world.alarms:
            del world.alarms[name]
            world.tell("alarm", name)
        case ["settings", "release"] if body.get("mode") in ("automatic", "manual"):
            world.release_mode, world.release_note = body["mode"], str(body.get("note") or "")
            world.tell("status")
        case _:
            raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")
    return {}
