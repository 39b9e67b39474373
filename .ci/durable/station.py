"""A station with nothing but a socket: it says texts and hears texts."""

import base64
import json
import os
import select
import socket
import struct
import time


class Gone(Exception):
    """The manager is not there (any more)."""


class Station:
    def __init__(self, port, identity, protocol="ocpp2.0.1", timeout=10, host="127.0.0.1"):
        try:
            self.line = socket.create_connection((host, port), timeout=timeout)
            key = base64.b64encode(os.urandom(16)).decode()
            self.line.sendall(
                f"GET /ocpp/{identity} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n".encode()
            )
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += self._take(1)
        except OSError as error:
            raise Gone(str(error)) from error
        if b" 101 " not in answer:
            raise Gone(answer.decode(errors="replace").splitlines()[0])
        self.calls = 0

    def _take(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.line.recv(count - len(data))
            except OSError as error:
                raise Gone(str(error)) from error
            if not more:
                raise Gone("closed")
            data += more
        return data

    def _say(self, opcode, data):
        mask = os.urandom(4)
        if len(data) < 126:
            head = bytes([0x80 | opcode, 0x80 | len(data)])
        else:
            head = bytes([0x80 | opcode, 0xFE]) + struct.pack(">H", len(data))
        try:
            self.line.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))
        except OSError as error:
            raise Gone(str(error)) from error

    def _hear(self):
        while True:
            head = self._take(2)
            opcode, length = head[0] & 15, head[1] & 127
            if length == 126:
                length = struct.unpack(">H", self._take(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self._take(8))[0]
            data = self._take(length)
            if opcode == 1:
                return json.loads(data)
            if opcode == 8:
                raise Gone("closed")
            if opcode == 9:
                self._say(10, data)

    def call(self, action, payload):
        """The payload of the answer; raises `Gone` when none comes."""
        self.calls += 1
        number = f"{self.calls}"
        self._say(1, json.dumps([2, number, action, payload]).encode())
        while True:
            frame = self._hear()
            if frame[0] == 3 and frame[1] == number:
                return frame[2]
            if frame[0] == 4 and frame[1] == number:
                raise AssertionError(f"{action} was refused: {frame}")

    def stay(self, seconds):
        """Says nothing for a while, but answers pings."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.line], [], [], left)[0]:
                head = self._take(2)
                data = self._take(head[1] & 127)
                if head[0] & 15 == 8:
                    raise Gone("closed")
                if head[0] & 15 == 9:
                    self._say(10, data)

    def close(self):
        self.line.close()
