"""A relay between a station and a CSMS that writes down every frame.

    frames.py --listen HOST:PORT --connect HOST:PORT --log FILE.jsonl

Bytes pass through unchanged in both directions (path, sub-protocols,
Authorization, refusals, pings, close codes), except that the offer to
compress is taken out of the request, so that every frame is readable.
Nothing but the standard library: what is recorded is what was on the wire.

A line of the log is an object with `conn` (a number), `at` (seconds) and
    event "open":  path, status, protocol, client and server (their names)
    event "frame": dir ("up" = from the station, "down" = to it), text
    event "close": dir, code (of a WebSocket close frame)
    event "gone":  the TCP connection has ended
"""

import argparse
import asyncio
import itertools
import json
import signal
import sys
import time

TEXT, BINARY, CLOSE = 1, 2, 8


class FrameReader:
    """Finds the messages in a stream of WebSocket bytes."""

    def __init__(self):
        self.buffer = bytearray()
        self.message = bytearray()
        self.opcode = None

    def feed(self, data):
        """Yields (opcode, payload) of each whole message or control frame."""
        self.buffer += data
        while (frame := self.next_frame()) is not None:
            final, opcode, payload = frame
            if opcode >= 8:
                yield opcode, payload
                continue
            if opcode:
                self.opcode, self.message = opcode, bytearray()
            self.message += payload
            if final:
                yield self.opcode, bytes(self.message)

    def next_frame(self):
        """Takes one frame off the buffer, or None while it is incomplete."""
        data = self.buffer
        if len(data) < 2:
            return None
        length, at = data[1] & 0x7F, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(data) < at + size:
                return None
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        mask = None
        if data[1] & 0x80:
            mask, at = data[at : at + 4], at + 4
        if len(data) < at + length:
            return None
        payload = bytes(data[at : at + length])
        if mask:
            repeated = (bytes(mask) * (length // 4 + 1))[:length]
            whole = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
            payload = whole.to_bytes(length, "big")
        first = data[0]
        del self.buffer[: at + length]
        return bool(first & 0x80), first & 0x0F, payload


class Relay:
    """All connections; each gets a number."""

    def __init__(self, target, log):
        self.target = target
        self.log = log
        self.numbers = itertools.count(1)

    def write(self, number, event, **more):
        line = {"conn": number, "at": round(time.time(), 3), "event": event, **more}
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()

    async def connection(self, reader, writer):
        """One station, from its request to the end of both directions."""
        number = next(self.numbers)
        remote = None
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            far_reader, remote = await asyncio.open_connection(*self.target)
            remote.write(without_compression(request))
            response = await far_reader.readuntil(b"\r\n\r\n")
            writer.write(response)
            asked, answered = headers(request), headers(response)
            self.write(
                number,
                "open",
                path=first_line(request).split(" ")[1],
                status=int(first_line(response).split(" ")[1]),
                protocol=answered.get("sec-websocket-protocol"),
                client=asked.get("user-agent"),
                server=answered.get("server"),
            )
            await asyncio.gather(
                self.pump(number, "up", reader, remote),
                self.pump(number, "down", far_reader, writer),
            )
        except asyncio.IncompleteReadError as error:
            if error.partial:
                print(f"connection {number}: ended within its head", file=sys.stderr)
        except OSError as error:
            print(f"connection {number}: {error}", file=sys.stderr, flush=True)
        finally:
            self.write(number, "gone")
            for end in (writer, remote):
                if end is not None:
                    end.close()

    async def pump(self, number, direction, source, sink):
        """Carry one direction; write down a frame before passing it on."""
        frames = FrameReader()
        try:
            while data := await source.read(65536):
                for opcode, payload in frames.feed(data):
                    if opcode in (TEXT, BINARY):
                        text = payload.decode("utf-8", "replace")
                        self.write(number, "frame", dir=direction, text=text)
                    elif opcode == CLOSE:
                        code = int.from_bytes(payload[:2], "big") or None
                        self.write(number, "close", dir=direction, code=code)
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass
        finally:
            if sink.can_write_eof() and not sink.is_closing():
                sink.write_eof()


def first_line(head):
    return head.split(b"\r\n", 1)[0].decode("latin-1")


def headers(head):
    """The headers of a request or response, names in lower case."""
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def without_compression(head):
    lines = head.split(b"\r\n")
    kept = [
        line for line in lines if not line.lower().startswith(b"sec-websocket-extensions:")
    ]
    return b"\r\n".join(kept)


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


async def run(options):
    with open(options.log, "w", encoding="utf-8") as log:
        relay = Relay(address(options.connect), log)
        server = await asyncio.start_server(relay.connection, *address(options.listen))
        print(f"relay from {options.listen} to {options.connect}", flush=True)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
        server.close()


def main():
    parser = argparse.ArgumentParser(description="A relay that records frames.")
    parser.add_argument("--listen", required=True, help="HOST:PORT")
    parser.add_argument("--connect", required=True, help="HOST:PORT")
    parser.add_argument("--log", required=True, help="a file of JSON lines")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
