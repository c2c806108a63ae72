#!/usr/bin/env python3
"""Takes Parapet's webhooks: checks who speaks, whether it is fresh and new, and prints one line for each event.

    python3 webhook_receiver.py --port 9000 --secret-file duty-room.secret

The site file says on the other side:

    [[webhook]]
    id = "duty-room"
    url = "http://127.0.0.1:9000/parapet"
    secret_file = "keys/duty-room.secret"
    heartbeat_s = 10

Needs nothing but Python. Where another program shall do something, replace `take`.
"""

import argparse
import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A message that is older or from further in the future is a replay, or one of the two clocks is wrong.
FRESH_S = 300
BODY_MAX = 1_000_000
SEEN_MAX = 10_000


def key_of(secret):
    """What stands behind `whsec_` in base 64, or else the text itself."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret[len("whsec_"):])
    return secret.encode()


def fault(key, headers, body, now_s):
    """Why a message is not believed; None when it is."""
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(now_s - int(stamp)) > FRESH_S:
        return "not fresh"
    wanted = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    for signature in headers.get("webhook-signature", "").split():
        version, _, text = signature.partition(",")
        if version == "v1" and hmac.compare_digest(text, base64.b64encode(wanted).decode()):
            return None
    return "forged or altered"


def take(event):
    """What is done with an event that is believed and new."""
    data = event["data"]
    print("accepted", event["type"], event.get("subject", "-"), event["id"], data.get("stage", "-"), flush=True)


class Receiver(BaseHTTPRequestHandler):
    key = b""
    seen = {}

    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        body = self.rfile.read(min(length, BODY_MAX))
        why = fault(self.key, self.headers, body, time.time())
        if why:
            print("refused", why, flush=True)
            return self.answer(401)
        event = json.loads(body)
        assert event["specversion"] == "1.0", "this is no CloudEvent of version 1.0"
        # An event comes again when its answer was lost; it is answered, and taken once.
        if event["id"] not in self.seen:
            self.seen[event["id"]] = True
            if len(self.seen) > SEEN_MAX:
                self.seen.pop(next(iter(self.seen)))
            take(event)
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    arguments = argparse.ArgumentParser(description="Takes Parapet's webhooks.")
    arguments.add_argument("--port", type=int, default=9000)
    arguments.add_argument("--secret-file", required=True)
    arguments = arguments.parse_args()
    with open(arguments.secret_file, encoding="utf-8") as file:
        Receiver.key = key_of(file.read().strip())
    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), Receiver)
    print("ready", server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
