#!/usr/bin/env python3
"""Takes CAP messages by POST and prints what they say: the smallest endpoint for `[[cap.endpoint]]`.

    python3 docs/examples/cap_receiver.py --port 8090

and into the site file

    [[cap.endpoint]]
    name = "city"
    url = "http://127.0.0.1:8090/alerts"

It shares no code with Parapet, and verifies no signature: docs/cap.md says how. A receiver that acts on alerts must.
"""

import argparse
import xml.etree.ElementTree as tree
from http.server import BaseHTTPRequestHandler, HTTPServer

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
LENGTH_MAX = 1 << 20


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > LENGTH_MAX:
            return self.answer(413)
        text = self.rfile.read(length)
        if b"<!DOCTYPE" in text:
            return self.answer(400)
        try:
            alert = tree.fromstring(text)
        except tree.ParseError:
            return self.answer(400)
        if alert.tag != CAP + "alert":
            return self.answer(400)
        said = lambda element, name: element.findtext(CAP + name, default="")
        print(said(alert, "status"), said(alert, "msgType"), said(alert, "identifier"), flush=True)
        for info in alert.findall(CAP + "info"):
            print("   ", said(info, "language"), said(info, "headline"), "until", said(info, "expires"), flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--port", type=int, default=8090)
    HTTPServer(("127.0.0.1", arguments.parse_args().port), Receiver).serve_forever()
