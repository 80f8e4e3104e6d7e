"""A client in another language, written from docs/protocol.md alone.

It plays a till and a kitchen screen: follows channels by the gap rule, meets a conflict, repeats keys, gets a catch-up that
it did not ask for, lives through a kill -9 of the hub, and ends equal to fresh snapshots. It speaks with whoever started it
over lines: prints `ASK restart` and reads `DONE`; prints `OK` at its end. Exit code 1 and a trace mean that something differs.
"""

import argparse
import asyncio
import sys
import uuid

from client import Client, Codec, Refused

async def refusal(request):
    """The error that the request must end with."""
    try:
        answer = await request
    except Refused as refused:
        return refused.error
    raise AssertionError(f"was not refused: {answer}")


async def ask_parent(what):
    print(f"ASK {what}", flush=True)
    loop = asyncio.get_running_loop()
    line = await loop.run_in_executor(None, sys.stdin.readline)
    assert line.strip() == "DONE", f"the parent said {line!r}"


async def ring_up(till, items, note):
    """An order with a line of each item, sent. Returns its id and the acknowledgement of the sending."""
    order_id = str(uuid.uuid4())
    lines = [{"line_id": str(uuid.uuid4()), "item_id": item["id"], "qty": 2} for item in items]
    opening = {"order_id": order_id, "order_type": "dine_in", "table_no": "7", "note": note}
    ack = await till.command("order.open", {**opening, "lines": lines})
    assert ack["result"]["records"]["order_header"][order_id] == 1
    return order_id, await till.command("order.send", {"order_id": order_id})


def lines_of(replica, order_id):
    return [row for row in replica.rows("order_line").values() if row["order_id"] == order_id]


async def bump(screen, replica, order_id, status):
    """All lines of the order that the screen shows, at the versions that it shows."""
    rows = lines_of(replica, order_id)
    payload = {"order_id": order_id, "line_ids": [row["id"] for row in rows], "status": status}
    expect = {"order_line": {row["id"]: row["version"] for row in rows}}
    ack = await screen.command("kitchen.set_status", payload, expect)
    await screen.until(lambda: replica.version >= ack["version"], "the screen's own write")
    return payload, expect, ack


async def pay_and_close(till, orders, order_id):
    header = orders.rows("order_header")[order_id]
    assert header["total"] > 0
    payment = {"order_id": order_id, "method": "card", "amount": header["total"]}
    ack = await till.command("payment.add", payment)
    version = ack["result"]["records"]["order_header"][order_id]
    await till.command("order.close", {"order_id": order_id}, {"order_header": {order_id: version}})


async def conflicts_and_keys(till, screen, kitchen, order_id):
    payload, expect, first = await bump(screen, kitchen, order_id, "preparing")
    line_id = payload["line_ids"][0]
    error = await refusal(
        screen.command("kitchen.set_status", {**payload, "status": "ready"}, expect)
    )
    assert error["code"] == "version_conflict" and error["status"] == 409
    assert error["retryable"] is False
    current = error["current"]["order_line"][line_id]
    shown = kitchen.rows("order_line")[line_id]
    assert current["version"] == shown["version"] and current["status"] == "preparing"
    assert {name: current[name] for name in shown} == shown, "a conflict shows other rows"
    assert "unit_price" not in shown and "unit_price" not in current, "the kitchen sees prices"
    error = await refusal(screen.command("kitchen.set_status", payload))
    assert error["code"] == "version_required" and error["status"] == 428
    error = await refusal(till.command("menu.put_item", {"id": "x"}, {"menu_item": {"x": 0}}))
    assert error["code"] == "forbidden"
    error = await refusal(till.command("order.open", {"order_type": "picnic"}))
    assert error["code"] == "validation_failed" and error["details"][0]["path"] == "/order_type"
    key = str(uuid.uuid4())
    noted = {"order_id": order_id, "priority": 1}
    version = {"order_header": {order_id: kitchen.rows("order_header")[order_id]["version"]}}
    once = await till.command("order.update", noted, version, key)
    again = await till.command("order.update", noted, version, key)
    assert again.pop("replayed") is True and "replayed" not in once
    assert {**again, "id": ""} == {**once, "id": ""}, "the repeat has another answer"
    error = await refusal(till.command("order.update", {**noted, "priority": 2}, version, key))
    assert error["code"] == "idempotency_key_reused" and error["status"] == 422
    return key, noted, version, once


async def sells_offline(till, items):
    """An order on a leased number waits in the queue; the hub has its first command already, and the answer was lost."""
    lease = await till.command("numbers.lease", {"count": 5})
    order_id = str(uuid.uuid4())
    number = lease["result"]["numbers"]["first"]
    lines = [{"line_id": str(uuid.uuid4()), "item_id": items[0]["id"], "qty": 1}]
    opening = {"order_id": order_id, "order_type": "takeaway", "number": number, "lines": lines}
    till.enqueue("order.open", opening)
    till.enqueue("order.send", {"order_id": order_id})
    name, payload, key = till.queue[0]
    first = await till.command(name, payload, key=key)
    return order_id, number, first


async def told_of_queue(manager, devices, till, length):
    """The hub knows what the till still holds, from its heartbeats."""
    device_id = till.welcome["principal"]["device_id"]

    def shown():
        row = devices.rows("device_status").get(device_id)
        return row is not None and row["queue_length"] == length and row["connected"] is True

    await manager.until(shown, f"a queue of {length}")
    row = devices.rows("device_status")[device_id]
    assert (row["queue_oldest_at"] is None) == (length == 0)


async def close_is_refused(till, shift_id):
    device_id = till.welcome["principal"]["device_id"]
    closing = {"shift_id": shift_id, "counted_cash": 5_000}
    error = await refusal(till.command("shift.close", closing, {"pos_shift": {shift_id: 1}}))
    assert error["code"] == "shift_has_open_orders"
    assert [device["id"] for device in error["details"]["devices"]] == [device_id]
    assert error["details"]["devices"][0]["queue_length"] == 2 and error["details"]["count"] > 0


async def knows_its_branch(till, screen, shift_id):
    known = await till.query("branch.get", {})
    assert known["branch"]["id"] == "main" and known["branch"]["tax_rules"]
    assert known["shift"]["id"] == shift_id and "settings" not in known["branch"]
    assert "tax_rules" not in (await screen.query("branch.get", {}))["branch"]


async def over_a_kill(till, screen, replicas, items, repeated):
    """The hub dies; the till is back first and changes things; the screen resumes from what it holds."""
    kitchen, grill, orders = replicas
    key, noted, version, once, queued = repeated
    held = kitchen.version
    await ask_parent("restart")
    await asyncio.gather(till.reader, screen.reader)
    assert till.close_code == screen.close_code == 1006
    epoch = till.welcome["epoch"]
    await till.connect()
    assert till.welcome["epoch"] == epoch, "full durability keeps the epoch"
    await till.follow("main/orders")
    again = await till.command("order.update", noted, version, key)
    assert again.pop("replayed") is True
    assert {**again, "id": ""} == {**once, "id": ""}, "the repeat after the kill differs"
    opened, _ = await till.send_queue()
    assert opened.pop("replayed") is True
    assert {**opened, "id": ""} == {**queued, "id": ""}, "the queue's first command took effect twice"
    order_id, sent = await ring_up(till, items, "after the kill")
    await screen.connect()
    kitchen.answers.clear()
    await screen.follow("main/kitchen")
    await screen.follow("main/kitchen/grill")
    assert kitchen.answers == ["snapshot:delta"], f"resumed by {kitchen.answers}"
    assert kitchen.version >= sent["version"] > held
    assert len(lines_of(kitchen, order_id)) == len(items)
    await till.until(lambda: orders.version >= sent["version"], "the till's own write")
    return order_id


async def shift_end(till, replicas, shift_id):
    """Rows leave the view without being written: the hub sends a snapshot that nobody asked for."""
    _, _, orders = replicas
    before = orders.unasked
    closing = {"shift_id": shift_id, "counted_cash": 5_000, "carry_over": True}
    ack = await till.command("shift.close", closing, {"pos_shift": {shift_id: 1}})
    await till.until(lambda: orders.unasked > before, "an unasked catch-up")
    assert orders.version >= ack["version"]
    codes = [notice["code"] for notice in till.notices if notice.get("channel") == "main/orders"]
    assert "resync" in codes, f"notices: {till.notices}"


async def equal_to_snapshots(devices, make_client):
    fresh = make_client()
    await fresh.connect()
    rows = 0
    for device in devices:
        for channel, replica in device.replicas.items():
            other = await fresh.follow(channel)
            for table in {*replica.tables, *other.tables}:
                assert replica.rows(table) == other.rows(table), f"{channel}, {table} differs"
                rows += len(other.rows(table))
    assert rows > 0
    await fresh.close()
    return rows


async def main():
    parser = argparse.ArgumentParser()
    for name in ("url", "encoding", "cashier", "kitchen", "manager"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    codec = Codec(given.encoding)
    till = Client(given.url, given.cashier, codec)
    screen = Client(given.url, given.kitchen, codec)
    await till.connect()
    await screen.connect()
    kitchen = await screen.follow("main/kitchen")
    grill = await screen.follow("main/kitchen/grill")
    orders = await till.follow("main/orders")
    menu = await till.follow("main/menu")
    replicas = (kitchen, grill, orders)
    plain = [row for row in menu.rows("menu_item").values() if not row["modifier_groups"]]
    assert all(row["available"] is True for row in plain), "yes and no are booleans"
    grilled = [row for row in plain if row["station"] == "grill"][:2]
    fried = [row for row in plain if row["station"] == "fry"][:1]
    items = grilled + fried
    assert len(items) == 3

    manager = Client(given.url, given.manager, codec)
    await manager.connect()
    devices = await manager.follow("main/devices")

    opened = await till.command("shift.open", {"opening_float": 5_000})
    (shift_id,) = opened["result"]["records"]["pos_shift"]
    first, sent = await ring_up(till, items, "no salt, crème brûlée 🍮")
    await screen.until(lambda: kitchen.version >= sent["version"], "the ticket")
    assert len(lines_of(kitchen, first)) == 3 and len(lines_of(grill, first)) == 2
    assert kitchen.rows("order_header")[first]["note"].endswith("🍮")

    await knows_its_branch(till, screen, shift_id)

    repeated = await conflicts_and_keys(till, screen, kitchen, first)
    offline, number, queued = await sells_offline(till, items)
    await told_of_queue(manager, devices, till, 2)
    await close_is_refused(till, shift_id)
    await manager.close()
    second = await over_a_kill(till, screen, replicas, items, (*repeated, queued))
    assert orders.rows("order_header")[offline]["number"] == number
    assert len([row for row in lines_of(kitchen, offline) if row["status"] == "queued"]) == 1

    await bump(screen, kitchen, first, "ready")
    _, _, served = await bump(screen, kitchen, first, "served")
    assert lines_of(kitchen, first) == [] and lines_of(grill, first) == []
    await till.until(lambda: orders.version >= served["version"], "served at the till")
    await pay_and_close(till, orders, first)
    await shift_end(till, replicas, shift_id)
    await bump(screen, kitchen, second, "preparing")

    heard = till.heartbeats
    await till.until(lambda: till.heartbeats > heard, "a heartbeat")
    rows = await equal_to_snapshots(
        (till, screen), lambda: Client(given.url, given.manager, codec)
    )
    await till.close()
    await screen.close()
    print(f"OK {given.encoding}: {rows} rows equal", flush=True)


asyncio.run(main())
