"""The golden vectors, as a client in another language checks them.

Reads every message of either direction in both encodings, keeps replicas by the rule of deltas, and prints one line for each
message that the hub has to take, as this client writes it: `TAKE index encoding hex`. Prints `OK` and what it checked at its end.
"""

import json
import sys
from pathlib import Path

from client import Codec, Replica

CODECS = {name: Codec(name) for name in ("msgpack", "json")}


def load(folder, name):
    return json.loads((folder / f"{name}.json").read_text("utf-8"))["vectors"]


def reads(vector):
    """Both encodings are the message."""
    meaning, message = vector["meaning"], vector["message"]
    packed = CODECS["msgpack"].decode(bytes.fromhex(vector["msgpack"]))
    assert packed == message, f"{meaning}: msgpack is read as {packed}"
    text = CODECS["json"].decode(vector["json"])
    assert text == message, f"{meaning}: json is read as {text}"
    for codec in CODECS.values():
        assert codec.decode(codec.encode(message)) == message, f"{meaning}: is written differently"


def reads_number(vector):
    read = CODECS["msgpack"].decode(bytes.fromhex(vector["msgpack"]))["n"]
    assert read == vector["value"], f"{vector['meaning']}: {read}"


def held(replica, state):
    replica.epoch, replica.version = state["epoch"], state["version"]
    replica.tables = {
        table: {row["id"]: row for row in rows} for table, rows in state["tables"].items()
    }
    return replica


def applies(vector):
    meaning, message = vector["meaning"], vector["message"]
    replica = held(Replica(message["channel"]), vector["held"])
    fits = replica.receive(message)
    assert fits == (vector["outcome"] != "gap"), f"{meaning}: {fits}"
    then = held(Replica(message["channel"]), vector.get("then", vector["held"]))
    for field in ("epoch", "version", "tables"):
        came = getattr(replica, field)
        assert came == getattr(then, field), f"{meaning}: {field} is {came}"


def comes_back(code):
    """The rule of the protocol for a client that has no table."""
    return not (code in (1000, 1001) or 4400 <= code <= 4409)


def ends(vector):
    code = vector["code"]
    assert comes_back(code) == vector["reconnect"], f"close {code}"


def breaks(vector):
    """Never to be sent; what the hub ends the connection with says: do not come back as you are."""
    bytes.fromhex(vector["bytes"])
    assert vector["encoding"] in CODECS and vector["reason"]
    assert not comes_back(vector["close"]), vector["meaning"]


CHECKS = {
    "accepted": reads,
    "refused": reads,
    "hub": reads,
    "numbers": reads_number,
    "apply": applies,
    "closes": ends,
    "broken": breaks,
}


def main():
    folder = Path(sys.argv[1])
    files = sorted(path.stem for path in folder.glob("*.json"))
    assert files == sorted(CHECKS), f"files that nobody checks: {set(files) ^ set(CHECKS)}"
    checked = 0
    for name, check in CHECKS.items():
        for vector in load(folder, name):
            check(vector)
            checked += 1
    for index, vector in enumerate(load(folder, "accepted")):
        for name, codec in CODECS.items():
            frame = codec.encode(vector["message"])
            data = frame if isinstance(frame, bytes) else frame.encode("utf-8")
            print(f"TAKE {index} {name} {data.hex()}")
    print(f"OK {checked}")


main()
