"""Prints how many records of CAT048 a second PyPI libasterix reads from a file of data blocks."""

import sys
import time

from asterix.base import Bits, ParsingMode, RawDatablock
from asterix.generated import Cat_048_1_32

octets = open(sys.argv[1], "rb").read()[:20000]
blocks, rest = [], octets
while len(rest) > 3:
    length = rest[1] << 8 | rest[2]
    if length > len(rest):
        break
    blocks.append(rest[:length])
    rest = rest[length:]
start, done = time.process_time(), 0
while time.process_time() - start < 2.0:
    for one in blocks:
        for block in RawDatablock.parse(Bits.from_bytes(one)):
            records = Cat_048_1_32.cv_uap.parse(block.get_raw_records())
            done += len(records)
print(done / (time.process_time() - start))
