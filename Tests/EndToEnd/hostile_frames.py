"""What the hostile suites of HTTP/2 share."""

import struct

from wire import ACK, END_HEADERS, SETTINGS, frame, headers, request

GET = headers(1, request())
UP = frame(SETTINGS, ACK)


def opened(fields):
    """A request whose body is still to come."""
    return headers(1, fields, END_HEADERS)


def word(value):
    return struct.pack(">I", value)
