#!/usr/bin/python3
"""A stand-in for `baton` that passes bytes on unchanged, or with one fault planted, so that the programs that judge
`baton serve` can be seen to notice. FAKE_BATON_FAULT is empty or one of FAULTS."""

import asyncio
import json
import os
import signal
import sys

FAULTS = {
    "flip": "one byte of every body of 1000 bytes and more is wrong",
    "swap": "pipelined answers are wrong from the second on",
    "status": "every 50th answer is a 502",
    "hang_up": "every 50th answer ends in the middle",
    "impatient": "closes a client that is quiet for 50 ms",
    "leak": "exits 1, as when a buffer is missing",
    "crash": "dies on the third connection",
    "deaf": "ignores SIGTERM",
}
FAULT = os.environ.get("FAKE_BATON_FAULT", "")
answers = connections = 0


def spoil(piece: bytes) -> bytes:
    """What the fault makes of a piece of the origin's answers."""
    global answers
    at = piece.find(b"HTTP/1.1 200")
    while at >= 0:
        answers += 1
        if FAULT == "status" and answers % 50 == 0:
            piece = piece[:at] + b"HTTP/1.1 502" + piece[at + 12 :]
        if FAULT == "hang_up" and answers % 50 == 0:
            return piece[: at + 20] + b"\0HANG UP"
        at = piece.find(b"HTTP/1.1 200", at + 1)
    if FAULT == "flip" and len(piece) > 1000:
        piece = piece[:-500] + b"!" + piece[-499:]
    if FAULT == "swap":
        second = piece.find(b"HTTP/1.1 200", 1)
        end = piece.find(b"\r\n\r\n", second) + 4
        if second > 0 and end < len(piece):
            piece = piece[:end] + b"!" + piece[end + 1 :]
    return piece


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, change) -> None:
    try:
        while piece := await asyncio.wait_for(reader.read(1 << 18), 0.05 if FAULT == "impatient" else None):
            piece = change(piece)
            writer.write(piece.removesuffix(b"\0HANG UP"))
            if piece.endswith(b"\0HANG UP"):
                break
            await writer.drain()
    except (OSError, asyncio.TimeoutError):
        pass
    finally:
        writer.close()


async def serve(origin_port: int) -> int:
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        global connections
        connections += 1
        if FAULT == "crash" and connections == 3:
            os._exit(134)
        origin_reader, origin_writer = await asyncio.open_connection("127.0.0.1", origin_port)
        await asyncio.gather(pump(reader, origin_writer, bytes), pump(origin_reader, writer, spoil))

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, (lambda: None) if FAULT == "deaf" else stopped.set)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await stopped.wait()
    print("conserved: " + ("no" if FAULT == "leak" else "yes"), flush=True)
    return 1 if FAULT == "leak" else 0


def main() -> None:
    if FAULT and FAULT not in FAULTS:
        sys.exit(f"unknown fault {FAULT!r}")
    if sys.argv[1:] == ["list", "--json"]:
        print(json.dumps({"strategies": [{"name": "two_cache"}, {"name": "heap"}]}))
        return
    assert sys.argv[1] == "serve"
    origin = sys.argv[sys.argv.index("--origin") + 1]
    os._exit(asyncio.run(serve(int(origin.rpartition(":")[2]))))


if __name__ == "__main__":
    main()
