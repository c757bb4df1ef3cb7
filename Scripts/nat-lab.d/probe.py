"""Small programs that the laboratory runs inside its networks.

    probe.py vantage                   answers where it is asked from, until ended
    probe.py look                      prints as JSON what the network of this machine does
    probe.py punch PORT HOST PORT      connects from PORT to there, while the other side does
    probe.py times COUNT               sends datagrams to the vantage point, prints round trips
    probe.py sink                      takes one connection's bytes, prints their Mbit/s
    probe.py pour HOST                 sends bytes to a sink for five seconds, by BBR if there is
"""

import json
import selectors
import socket
import sys
import time

ONE, TWO = "203.0.113.1", "203.0.113.2"
# Datagram sockets of the vantage point: the first is asked, any of them answers.
PLACES = [(ONE, 3478), (ONE, 3479), (TWO, 3478)]
WEB, OTHER, SINK = 443, 4711, 4712


def tcp(address=None):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if address:
        one.bind(address)
    return one


def udp(address):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(address)
    return one


def vantage():
    waiting = selectors.DefaultSelector()
    datagrams = [udp(place) for place in PLACES]
    for one in datagrams:
        waiting.register(one, selectors.EVENT_READ, "datagram")
    for host in (ONE, TWO):
        for port in (WEB, OTHER):
            listener = tcp((host, port))
            listener.listen(64)
            waiting.register(listener, selectors.EVENT_READ, "connection")
    print("ready", flush=True)
    while True:
        for key, _ in waiting.select():
            if key.data == "datagram":
                asked, sender = key.fileobj.recvfrom(100)
                answer = json.dumps(sender).encode()
                # "2" asks that the third socket answers.
                index = int(asked[:1]) if asked[:1].isdigit() else datagrams.index(key.fileobj)
                datagrams[index % 3].sendto(answer, sender)
            else:
                connection, sender = key.fileobj.accept()
                connection.sendall(json.dumps(sender).encode())
                connection.close()


def ask(one, place, answers_from, tries=3):
    """What the vantage point sees, or None when no answer comes from where it was asked to."""
    one.settimeout(0.25)
    for _ in range(tries):
        one.sendto(str(answers_from).encode(), place)
        try:
            answer, sender = one.recvfrom(100)
            if sender == PLACES[answers_from]:
                return json.loads(answer)
        except socket.timeout:
            pass
    return None


def look():
    port = 40000
    with udp(("0.0.0.0", port)) as one:
        first = ask(one, PLACES[0], 0)
        filtered = {
            "same": first is not None,
            "port": first is not None and ask(one, PLACES[0], 1) is not None,
            # From a host that was never spoken to: before the next question goes there.
            "host": first is not None and ask(one, PLACES[0], 2) is not None,
        }
        second = ask(one, PLACES[2], 2)
    seen = [seen_by_tcp((host, OTHER), 41000) for host in (ONE, TWO)]
    print(json.dumps({
        "udp": [first, second], "answers": filtered, "tcp": seen,
        "web": seen_by_tcp((ONE, WEB), 0) is not None,
    }))


def seen_by_tcp(place, port):
    with tcp(("0.0.0.0", port)) as one:
        one.settimeout(1)
        try:
            one.connect(place)
            # Reads to the end, so that this side closes first and the port is free at once.
            return json.loads(one.recv(100))
        except OSError:
            return None


def punch(port, host, peer_port):
    deadline = time.monotonic() + 4
    while time.monotonic() < deadline:
        with tcp(("0.0.0.0", port)) as one:
            one.settimeout(2)
            try:
                one.connect((host, peer_port))
                one.sendall(b"hello")
                if one.recv(5) == b"hello":
                    print("met")
                    return 0
            except OSError:
                time.sleep(0.02)
    return 1


def times(count):
    trips = []
    with udp(("0.0.0.0", 0)) as one:
        one.settimeout(0.3)
        for _ in range(count):
            start = time.monotonic()
            one.sendto(b"0", PLACES[0])
            try:
                one.recvfrom(100)
                trips.append(time.monotonic() - start)
            except socket.timeout:
                pass
    print(json.dumps(trips))


def sink():
    with tcp(("0.0.0.0", SINK)) as listener:
        listener.listen(1)
        print("ready", flush=True)
        connection, _ = listener.accept()
    count, start = 0, time.monotonic()
    while True:
        taken = len(connection.recv(1 << 18))
        if not taken:
            break
        count += taken
    print(count * 8e-6 / (time.monotonic() - start), flush=True)


def pour(host):
    payload = bytes(1 << 16)
    with socket.socket() as one:
        try:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"bbr")
        except OSError:
            pass  # The kernel has its own choice.
        one.connect((host, SINK))
        end = time.monotonic() + 5
        while time.monotonic() < end:
            one.sendall(payload)


if __name__ == "__main__":
    what, *rest = sys.argv[1:] or [""]
    if what == "punch":
        sys.exit(punch(int(rest[0]), rest[1], int(rest[2])))
    programs = {"vantage": vantage, "look": look, "times": lambda: times(int(rest[0])),
                "sink": sink, "pour": lambda: pour(rest[0])}
    if what not in programs:
        sys.exit(__doc__)
    programs[what]()
