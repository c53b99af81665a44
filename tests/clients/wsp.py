"""A WAP handset, the part that speaks to the gateway: WSP (WAP-230) over UDP.
Connectionless (port 9200) is one datagram each way; a session (port 9201) runs
over WTP class 2 (WAP-224).  Only what a browser needs: connect, get, post."""
import random
import socket
import struct

GET, POST, REPLY, CONNECT, CONNECT_REPLY, REDIRECT, DISCONNECT = 0x40, 0x60, 4, 1, 2, 3, 5
INVOKE, RESULT, ACK, ABORT, SEGMENT = 1, 2, 3, 4, 6
FORM_TYPE = b"\x92"                       # application/x-www-form-urlencoded
FORM_TYPE_UTF8 = b"\x03\x92\x81\xea"      # the same with charset=utf-8
TYPES = {0x02: "text/html", 0x03: "text/plain", 0x08: "text/vnd.wap.wml",
         0x14: "application/vnd.wap.wmlc", 0x3B: "application/xhtml+xml",
         0x45: "application/vnd.wap.xhtml+xml"}
NAMES = {0x08: "Cache-Control", 0x13: "ETag", 0x14: "Expires", 0x1C: "Location",
         0x1D: "Last-Modified", 0x1F: "Pragma"}
TIMEOUT_S = 30


class WspError(Exception):
    pass


def uintvar(n):
    out = bytes([n & 0x7F])
    while n > 0x7F:
        n >>= 7
        out = bytes([0x80 | n & 0x7F]) + out
    return out


def read_uintvar(data, at):
    value = 0
    while True:
        byte = data[at]
        value, at = value << 7 | byte & 0x7F, at + 1
        if byte < 0x80:
            return value, at


def text_headers(headers):
    return b"".join(n.encode() + b"\0" + v.encode() + b"\0" for n, v in headers)


def read_value(data, at):
    """One header value (WAP-230 section 8.4.1.2): its bytes and where the next begins."""
    first = data[at]
    if first < 31:
        return data[at + 1:at + 1 + first], at + 1 + first
    if first == 31:
        length, at = read_uintvar(data, at + 1)
        return data[at:at + length], at + length
    if first < 128:
        end = data.index(b"\0", at)
        return data[at:end].lstrip(b"\x7f"), end + 1
    return data[at:at + 1], at + 1


def read_headers(data):
    """Content type first, then the headers known by name to this file."""
    value, at = read_value(data, 0)
    out = {"Content-Type": media_type(value)}
    while at < len(data):
        if data[at] >= 0x80:
            name, at = NAMES.get(data[at] & 0x7F, f"x-{data[at] & 0x7F:02x}"), at + 1
        else:
            raw, at = read_value(data, at)
            name = raw.decode("latin-1")
        value, at = read_value(data, at)
        out.setdefault(name, value.decode("latin-1"))
    return out


def media_type(value):
    if value and value[0] >= 0x80:
        return TYPES.get(value[0] & 0x7F, f"unknown/{value[0] & 0x7F:02x}")
    return value.partition(b"\0")[0].decode("latin-1")


def http_status(code):
    """WSP table 36: the hundreds in the high four bits, 5xx from 0x60."""
    high, low = code >> 4, code & 15
    return (5 if high == 6 else high) * 100 + low


class Reply:
    def __init__(self, pdu):
        if pdu[0] != REPLY:
            raise WspError(f"not a Reply: {pdu[:20].hex()}")
        self.status = http_status(pdu[1])
        length, at = read_uintvar(pdu, 2)
        self.headers = read_headers(pdu[at:at + length]) if length else {}
        self.body = pdu[at + length:]


def get_pdu(url, headers):
    return bytes([GET]) + uintvar(len(url)) + url.encode() + text_headers(headers)


def post_pdu(url, headers, body, content_type=FORM_TYPE):
    block = content_type + text_headers(headers)
    return bytes([POST]) + uintvar(len(url)) + uintvar(len(block)) + url.encode() + block + body


class Connectionless:
    """Port 9200: a handset without sessions; every request carries its headers."""

    def __init__(self, gateway, headers):
        self.headers = list(headers)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect((gateway, 9200))
        self.tid = random.randrange(256)

    def fetch(self, url, body=None, content_type=FORM_TYPE):
        self.tid = (self.tid + 1) % 256
        pdu = get_pdu(url, self.headers) if body is None else \
            post_pdu(url, self.headers, body, content_type)
        self.sock.send(bytes([self.tid]) + pdu)
        while True:
            answer = self.sock.recv(65536)
            if answer[0] == self.tid:
                return Reply(answer[1:])

    def close(self):
        self.sock.close()


class Session:
    """Port 9201: headers are given once; the gateway keeps cookies for the session."""

    def __init__(self, gateway, headers):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.settimeout(3)
        self.sock.connect((gateway, 9201))
        self.tid = random.randrange(0x4000)
        block = text_headers(headers)
        answer = self.transact(bytes([CONNECT, 0x10]) + uintvar(0) + uintvar(len(block)) + block)
        if answer[0] != CONNECT_REPLY:
            raise WspError(f"no ConnectReply: {answer[:20].hex()}")
        self.id, _ = read_uintvar(answer, 1)

    def fetch(self, url, body=None, content_type=FORM_TYPE):
        pdu = get_pdu(url, []) if body is None else post_pdu(url, [], body, content_type)
        return Reply(self.transact(pdu))

    def close(self):
        self.tid = (self.tid + 1) % 0x8000
        self.sock.send(struct.pack(">BHB", INVOKE << 3 | 6, self.tid, 0x00)
                       + bytes([DISCONNECT]) + uintvar(self.id))
        self.sock.close()

    def transact(self, pdu):
        """One WTP class 2 transaction: Invoke, Result, Ack; resent every 3 s."""
        self.tid = (self.tid + 1) % 0x8000
        for attempt in range(TIMEOUT_S // 3):
            head = INVOKE << 3 | 6 | (1 if attempt else 0)
            self.sock.send(struct.pack(">BHB", head, self.tid, 0x12) + pdu)
            try:
                return self._result()
            except socket.timeout:
                continue
        raise WspError(f"no result in {TIMEOUT_S} s")

    def _result(self):
        parts = {}
        while True:
            data = self.sock.recv(65536)
            kind, tid = data[0] >> 3 & 15, struct.unpack(">H", data[1:3])[0] & 0x7FFF
            if tid != self.tid:
                continue
            if kind == ACK and data[0] & 4:            # "is this transaction yours?"
                self._ack(tve=True)
            elif kind == ABORT:
                raise WspError(f"aborted, reason {data[3]:#x}")
            elif kind in (RESULT, SEGMENT):
                body = data[3:]
                if data[0] & 0x80:                     # information elements before the data
                    body = skip_tpis(body)
                number = 0 if kind == RESULT else body[0]
                parts[number] = body if kind == RESULT else body[1:]
                last = data[0] & 2
                if data[0] & 6:                        # end of a group or of all
                    self._ack(number=number if kind == SEGMENT or not last else None)
                if last:
                    return b"".join(parts[n] for n in sorted(parts))

    def _ack(self, tve=False, number=None):
        head = ACK << 3 | (4 if tve else 0)
        if number is None:
            self.sock.send(struct.pack(">BH", head, self.tid))
        else:                                          # with the packet number, TPI type 3
            self.sock.send(struct.pack(">BHBB", 0x80 | head, self.tid, 3 << 3 | 1, number))


def skip_tpis(body):
    while True:
        more, long = body[0] & 0x80, body[0] & 4
        length = 2 + body[1] if long else 1 + (body[0] & 3)
        body = body[length:]
        if not more:
            return body
