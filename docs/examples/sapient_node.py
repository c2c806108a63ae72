#!/usr/bin/env python3
"""A SAPIENT edge node in one page: a simulated radar that sees one mortar round and tells Parapet of it.

It needs the published messages and nothing else:  pip install sapient-msg

    python sapient_node.py --address 127.0.0.1:5020                                      # plain TCP
    python sapient_node.py --address 127.0.0.1:5020 --ca ca.pem --cert node.pem --key node.key   # TLS

Every detection says that it is simulated, so that a live site refuses it.
"""

import argparse
import math
import os
import random
import selectors
import socket
import ssl
import struct
import time
import uuid

from sapient_msg.bsi_flex_335_v2_0 import sapient_message_pb2 as sapient

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GRAVITY_MPS2 = 9.80665


def ulid():
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(CROCKFORD[value >> 5 * place & 31] for place in reversed(range(26)))


class Node:
    def __init__(self, options):
        self.id = options.node
        host, port = options.address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=5)
        if options.ca:
            context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=options.ca)
            context.load_cert_chain(options.cert, options.key)
            self.socket = context.wrap_socket(self.socket, server_hostname=options.server_name)
        self.socket.settimeout(0)
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(self.socket, selectors.EVENT_READ)
        self.held = b""

    def message(self):
        message = sapient.SapientMessage(node_id=self.id)
        message.timestamp.FromNanoseconds(time.time_ns())
        return message

    def send(self, message):
        body = message.SerializeToString()
        self.socket.settimeout(5)
        self.socket.sendall(struct.pack("<I", len(body)) + body)
        self.socket.settimeout(0)

    def hear(self, seconds):
        """The messages that come within this time."""
        until = time.monotonic() + seconds
        while True:
            while len(self.held) >= 4 and len(self.held) - 4 >= (length := struct.unpack_from("<I", self.held)[0]):
                body, self.held = self.held[4 : 4 + length], self.held[4 + length :]
                yield sapient.SapientMessage.FromString(body)
            wait = until - time.monotonic()
            if wait <= 0 or not self.waiting.select(wait):
                return
            try:
                more = self.socket.recv(65536)
            except (BlockingIOError, ssl.SSLWantReadError):
                continue
            if not more:
                raise SystemExit("the fusion node has closed the connection")
            self.held += more

    def register(self, heartbeat_s):
        message = self.message()
        registration = message.registration
        registration.node_definition.add(node_type="NODE_TYPE_RADAR")
        registration.icd_version = "BSI Flex 335 v2.0"
        registration.name = "Example radar"
        registration.capabilities.add(category="Radar", type="Range and bearing")
        interval = registration.status_definition.status_interval
        interval.units, interval.value = "TIME_UNITS_SECONDS", heartbeat_s
        mode = registration.mode_definition.add(mode_name="watch", mode_type="MODE_TYPE_DEFAULT")
        mode.settle_time.units, mode.settle_time.value = "TIME_UNITS_SECONDS", 0
        location = mode.detection_definition.add().location_type
        location.range_bearing_units = "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M"
        location.range_bearing_datum = "RANGE_BEARING_DATUM_TRUE"
        mode.task.concurrent_tasks = 0
        mode.task.region_definition.region_type.append("REGION_TYPE_AREA_OF_INTEREST")
        mode.task.region_definition.region_area.add().CopyFrom(location)
        registration.config_data.add(manufacturer="Parapet", model="docs/examples/sapient_node.py")
        self.send(message)

    def status(self):
        message = self.message()
        status = message.status_report
        status.report_id, status.mode = ulid(), "watch"
        status.system, status.info = "SYSTEM_OK", "INFO_NEW"
        self.send(message)

    def detect(self, object_id, east_m, north_m, up_m, sigma_m, sigma_deg):
        message = self.message()
        report = message.detection_report
        report.report_id, report.object_id = ulid(), object_id
        place = report.range_bearing
        across_m = math.hypot(east_m, north_m)
        place.range = math.hypot(across_m, up_m) + random.gauss(0, sigma_m)
        place.azimuth = math.degrees(math.atan2(east_m, north_m)) % 360 + random.gauss(0, sigma_deg)
        place.elevation = math.degrees(math.atan2(up_m, across_m)) + random.gauss(0, sigma_deg)
        place.range_error, place.azimuth_error, place.elevation_error = sigma_m, sigma_deg, sigma_deg
        place.coordinate_system = "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M"
        place.datum = "RANGE_BEARING_DATUM_TRUE"
        report.detection_confidence = 0.9
        report.object_info.add(type="simulated", value="true")
        self.send(message)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="127.0.0.1:5020")
    parser.add_argument("--node", default="ac3d032e-40a8-4616-9485-28203450b1f4", help="UUID, as in the site file")
    parser.add_argument("--ca"), parser.add_argument("--cert"), parser.add_argument("--key")
    parser.add_argument("--server-name", default="fusion.example", help="name in the fusion node's certificate")
    parser.add_argument("--impact", nargs=2, type=float, default=[300, -400], metavar=("EAST_M", "NORTH_M"))
    parser.add_argument("--from-bearing", type=float, default=40, help="where the round comes from, degrees")
    parser.add_argument("--scan", type=float, default=0.25, help="seconds between two looks")
    options = parser.parse_args()
    uuid.UUID(options.node)

    node = Node(options)
    node.register(heartbeat_s=1)
    for answer in node.hear(5):
        print(answer.WhichOneof("content"), str(answer.registration_ack or answer.error).replace("\n", " "))
        if answer.registration_ack.acceptance:
            break
    else:
        raise SystemExit("nobody answered")

    # A round without drag: 250 m/s at 50 degrees falls after 39 s and 6.3 km away.
    speed_mps, angle, bearing = 250, math.radians(50), math.radians(options.from_bearing)
    flight_s = 2 * speed_mps * math.sin(angle) / GRAVITY_MPS2
    across_mps, object_id, begun, heartbeat = speed_mps * math.cos(angle), ulid(), time.monotonic(), 0
    sent = errors = 0
    while (flown := time.monotonic() - begun) < flight_s:
        to_go_m = across_mps * (flight_s - flown)
        east_m, north_m = options.impact[0] + to_go_m * math.sin(bearing), options.impact[1] + to_go_m * math.cos(bearing)
        up_m = speed_mps * math.sin(angle) * flown - GRAVITY_MPS2 * flown**2 / 2
        if up_m > 150:
            node.detect(object_id, east_m, north_m, up_m, sigma_m=10, sigma_deg=0.15)
            sent += 1
        if flown >= heartbeat:
            node.status()
            heartbeat += 1
        for answer in node.hear(options.scan):
            errors += answer.HasField("error")
            print(answer.WhichOneof("content"), " ".join(answer.error.error_message))
    goodbye = node.message()
    goodbye.status_report.report_id, goodbye.status_report.mode = ulid(), "watch"
    goodbye.status_report.system, goodbye.status_report.info = "SYSTEM_GOODBYE", "INFO_NEW"
    node.send(goodbye)
    print(f"{sent} detections sent, {errors} errors came back")


if __name__ == "__main__":
    main()
