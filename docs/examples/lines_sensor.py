#!/usr/bin/env python3
"""A sensor for Parapet's plain door (docs/door.md), with nothing but Python's own library.

Sends one sign of life and one line of your choice, and shows what Parapet answers:

    lines_sensor.py udp  127.0.0.1:8700 radar '{"type":"plot","range_m":5200.0,"azimuth_deg":91.5,"elevation_deg":12.0}'
    lines_sensor.py tcp  127.0.0.1:8701 m1    '{"type":"sound","heard":"launch"}'
    lines_sensor.py http 127.0.0.1:8080 radar '{"type":"place","lat_deg":33.31,"lon_deg":44.40,"height_m":300.0}' TOKEN

The name and, where the line has none, the time are filled in.
"""

import http.client
import json
import socket
import sys
import time


def lines(name, wanted):
    """The sign of life and the wanted line, with name and time filled in, as bytes."""
    line = json.loads(wanted)
    line.setdefault("node" if line.get("type") == "sound" else "sensor", name)
    if "time" not in line:
        line.setdefault("time_unix_s", time.time())
    alive = {"type": "alive", "sensor": name, "time_unix_s": time.time()}
    return "".join(json.dumps(each) + "\n" for each in (alive, line)).encode()


def by_udp(host, port, data):
    """Sends and hears nothing back: UDP has no answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(data, (host, port))
    return "sent\n"


def by_tcp(host, port, data):
    """Sends, says that this is all, and reads what is wrong with the lines, if anything."""
    with socket.create_connection((host, port), timeout=10) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(4096), b"")).decode()
    return answer or "sent\n"


def by_http(host, port, data, token=None):
    """Posts, and gives what was taken and refused."""
    headers = {"Content-Type": "application/x-ndjson"}
    if token:
        headers["Authorization"] = "Bearer " + token
    connection = http.client.HTTPConnection(host, port, timeout=10)
    connection.request("POST", "/api/lines", data, headers)
    response = connection.getresponse()
    return f"{response.status} {response.read().decode()}"


def main(arguments):
    if len(arguments) not in (4, 5) or arguments[0] not in ("udp", "tcp", "http"):
        sys.exit(__doc__)
    transport, address, name, wanted, *token = arguments
    host, port = address.rsplit(":", 1)
    send = {"udp": by_udp, "tcp": by_tcp, "http": by_http}[transport]
    print(send(host, int(port), lines(name, wanted), *token), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
