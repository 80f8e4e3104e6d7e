"""A client of the hub in another language, written from docs/protocol.md alone: what a till or a screen in Python needs."""

import asyncio
import itertools
import json
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
        if self.version is None:
            return False
        if message["newVersion"] <= self.version:
            return True
        if message["baseVersion"] > self.version:
            return False
        tables = {table: dict(rows) for table, rows in self.tables.items()}
        if not self.apply(message["changes"], tables):
            return False
        self.tables = tables
        self.version = message["newVersion"]
        return True

    @staticmethod
    def apply(changes, tables):
        """False: they do not fit what is held."""
        for table, change in changes.items():
            rows = tables.setdefault(table, {})
            for row in change.get("inserted", []):
                rows[row["id"]] = row
            for update in change.get("updated", []):
                row = rows.get(update["id"])
                if row is None:
                    return False
                if update["version"] <= row["version"]:
                    continue
                row = {**row, **update.get("changes", {})}
                for operation in update.get("patch", []):
                    row = patched(row, operation)
                rows[update["id"]] = {**row, "version": update["version"]}
            for row_id in change.get("deleted", []):
                rows.pop(row_id, None)
        return True


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
        # Commands to be sent yet, oldest first, each with its key.
        self.queue = []
        self.queued_at = None
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
            queue = {"length": len(self.queue), "oldestAt": self.queued_at if self.queue else None}
            await self.send({"type": "heartbeat", "versions": positions, "queue": queue})
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

    async def query(self, name, params):
        message = {"type": "query", "name": name, "branchId": "main", "params": params}
        return (await self.ask(message))["result"]

    def enqueue(self, name, payload):
        if not self.queue:
            self.queued_at = self.welcome["serverTime"]
        self.queue.append((name, payload, str(uuid.uuid4())))

    async def send_queue(self):
        """In order, one at a time, each with its own key. Returns the answers."""
        answers = []
        while self.queue:
            name, payload, key = self.queue[0]
            answers.append(await self.command(name, payload, key=key))
            self.queue.pop(0)
        return answers

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
