"""A client in another language, written from docs/protocol.md alone.

It plays a till and a kitchen screen: follows channels by the gap rule, meets a conflict, repeats keys, gets a catch-up that
it did not ask for, lives through a kill -9 of the hub, and ends equal to fresh snapshots. It speaks with whoever started it
over lines: prints `ASK restart` and reads `DONE`; prints `OK` at its end. Exit code 1 and a trace mean that something differs.
"""

import argparse
import asyncio
import itertools
import json
import sys
import uuid

import msgpack
import websockets

WAIT_S = 15


def no_extensions(code, _data):
    raise AssertionError(f"an extension type came: {code}")


class Codec:
    """The same messages, in binary or in text frames."""

    def __init__(self, name):
        self.subprotocol = f"expeditor.v1.{name}"
        self.binary = name == "msgpack"

    def encode(self, message):
        return msgpack.packb(message) if self.binary else json.dumps(message)

    def decode(self, frame):
        assert isinstance(frame, bytes) == self.binary, "a frame of the wrong kind"
        if self.binary:
            return msgpack.unpackb(frame, raw=False, ext_hook=no_extensions)
        return json.loads(frame)


def patched(value, operation):
    """One operation of RFC 6902."""
    if operation["op"] in ("move", "copy"):
        source = at_path(value, operation["from"])
        if operation["op"] == "move":
            value = patched(value, {"op": "remove", "path": operation["from"]})
        return patched(value, {"op": "add", "path": operation["path"], "value": source})
    if operation["path"] == "":
        return operation.get("value")
    *parents, last = steps(operation["path"])
    copy = json.loads(json.dumps(value))
    place = copy
    for step in parents:
        place = place[int(step)] if isinstance(place, list) else place[step]
    kind = operation["op"]
    if kind == "test":
        assert at_path(copy, operation["path"]) == operation["value"], "a test of a patch failed"
    elif isinstance(place, list):
        index = len(place) if last == "-" else int(last)
        if kind == "add":
            place.insert(index, operation["value"])
        elif kind == "remove":
            del place[index]
        else:
            place[index] = operation["value"]
    elif kind == "remove":
        del place[last]
    else:
        place[last] = operation["value"]
    return copy


def steps(path):
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def at_path(value, path):
    for step in steps(path):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


class Replica:
    """A copy of one channel, by the rule of the protocol."""

    def __init__(self, channel):
        self.channel = channel
        self.epoch = None
        self.version = None
        self.tables = {}
        self.lagging = False
        self.unasked = 0
        self.answers = []

    def since(self):
        return None if self.version is None else {"epoch": self.epoch, "version": self.version}

    def rows(self, table):
        return self.tables.get(table, {})

    def receive(self, message):
        """False: a gap."""
        if message["type"] != "delta":
            self.answers.append(message["type"])
            self.lagging = False
            if "id" not in message:
                self.unasked += 1
        if message["type"] == "snapshot":
            self.epoch = message["epoch"]
            self.version = message["version"]
            self.tables = {
                table: {row["id"]: row for row in rows}
                for table, rows in message["tables"].items()
            }
            return True
        if message["type"] == "snapshot:delta" and message["epoch"] != self.epoch:
            return False
        if self.version is None or message["baseVersion"] > self.version:
            return False
        if message["newVersion"] > self.version:
            self.apply(message["changes"])
            self.version = message["newVersion"]
        return True

    def apply(self, changes):
        for table, change in changes.items():
            rows = self.tables.setdefault(table, {})
            for row in change.get("inserted", []):
                rows[row["id"]] = row
            for update in change.get("updated", []):
                row = rows[update["id"]]
                if update["version"] <= row["version"]:
                    continue
                row = {**row, **update.get("changes", {})}
                for operation in update.get("patch", []):
                    row = patched(row, operation)
                rows[update["id"]] = {**row, "version": update["version"]}
            for row_id in change.get("deleted", []):
                rows.pop(row_id, None)


class Refused(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.error = error


class Client:
    """One device: a connection, and what it keeps over connections (its session and its replicas)."""

    def __init__(self, url, token, codec):
        self.url = url
        self.token = token
        self.codec = codec
        self.session = None
        self.welcome = None
        self.replicas = {}
        self.notices = []
        self.heartbeats = 0
        self.close_code = None
        self.changed = asyncio.Condition()
        self.ids = (f"py{number}" for number in itertools.count(1))
        self.socket = None
        self.waiting = {}
        self.reader = None

    async def connect(self):
        self.socket = await websockets.connect(
            self.url, subprotocols=[self.codec.subprotocol], compression=None, max_size=None
        )
        assert self.socket.subprotocol == self.codec.subprotocol
        self.waiting = {}
        self.reader = asyncio.create_task(self.read())
        hello = {"type": "hello", "token": self.token, "client": {"name": "interop", "version": "1"}}
        if self.session is not None:
            hello["sessionId"] = self.session
        self.welcome = await self.ask(hello)
        assert self.welcome["type"] == "welcome"
        assert self.welcome["durability"] == "full"
        self.session = self.welcome["sessionId"]

    async def read(self):
        try:
            async for frame in self.socket:
                await self.received(self.codec.decode(frame))
        except websockets.ConnectionClosedError:
            pass
        self.close_code = self.socket.close_code
        for future in self.waiting.values():
            if not future.done():
                future.cancel()

    async def received(self, message):
        kind = message["type"]
        if kind in ("snapshot", "snapshot:delta", "delta"):
            replica = self.replicas[message["channel"]]
            if not replica.receive(message):
                await self.send_subscribe(replica)
        elif kind == "heartbeat":
            self.heartbeats += 1
            for channel, version in message["versions"].items():
                replica = self.replicas[channel]
                if not replica.lagging and replica.version is not None:
                    assert version <= replica.version, f"{channel}: {version} was lost"
            positions = {
                name: replica.version
                for name, replica in self.replicas.items()
                if replica.version is not None
            }
            await self.send({"type": "heartbeat", "versions": positions})
        elif kind == "notice":
            self.notices.append(message)
            for name, replica in self.replicas.items():
                if message.get("channel", name) == name:
                    replica.lagging = message["code"] in ("lagging", "resync")
        future = self.waiting.pop(message.get("id"), None)
        if future is not None and not future.done():
            if kind == "error":
                future.set_exception(Refused(message))
            else:
                future.set_result(message)
        async with self.changed:
            self.changed.notify_all()

    async def send(self, message):
        await self.socket.send(self.codec.encode(message))

    async def ask(self, message):
        request_id = next(self.ids)
        future = asyncio.get_running_loop().create_future()
        self.waiting[request_id] = future
        await self.send({**message, "id": request_id})
        return await asyncio.wait_for(future, WAIT_S)

    async def command(self, name, payload, expect=None, key=None):
        message = {
            "type": "command",
            "key": key or str(uuid.uuid4()),
            "name": name,
            "branchId": "main",
            "payload": payload,
        }
        if expect is not None:
            message["expect"] = expect
        return await self.ask(message)

    def subscription(self, replica):
        branch, view, *station = replica.channel.split("/")
        message = {"type": "subscribe", "view": view, "branchId": branch}
        if station:
            message["station"] = station[0]
        if replica.since() is not None:
            message["since"] = replica.since()
        return message

    async def send_subscribe(self, replica):
        await self.send({**self.subscription(replica), "id": next(self.ids)})

    async def follow(self, channel):
        replica = self.replicas.setdefault(channel, Replica(channel))
        await self.ask(self.subscription(replica))
        return replica

    async def until(self, condition, what):
        async def holds():
            async with self.changed:
                await self.changed.wait_for(condition)

        try:
            await asyncio.wait_for(holds(), WAIT_S)
        except asyncio.TimeoutError as error:
            raise AssertionError(f"waited for nothing: {what}") from error

    async def close(self):
        await self.socket.close()
        await self.reader


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


async def over_a_kill(till, screen, replicas, items, repeated):
    """The hub dies; the till is back first and changes things; the screen resumes from what it holds."""
    kitchen, grill, orders = replicas
    key, noted, version, once = repeated
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

    opened = await till.command("shift.open", {"opening_float": 5_000})
    (shift_id,) = opened["result"]["records"]["pos_shift"]
    first, sent = await ring_up(till, items, "no salt, crème brûlée 🍮")
    await screen.until(lambda: kitchen.version >= sent["version"], "the ticket")
    assert len(lines_of(kitchen, first)) == 3 and len(lines_of(grill, first)) == 2
    assert kitchen.rows("order_header")[first]["note"].endswith("🍮")

    repeated = await conflicts_and_keys(till, screen, kitchen, first)
    second = await over_a_kill(till, screen, replicas, items, repeated)

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
