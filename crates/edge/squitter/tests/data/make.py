"""Writes squitters.tsv: random extended squitters with a parity that fits, as pyModeS 3.6.1 reads them.

    pip install pyModeS==3.6.1 && python make.py > squitters.tsv

Columns: message, type code, then by type code
 1-4          callsign
 9-18, 20-22  altitude in feet or "-", latitude and longitude near 52 N 4 E
 19           ground speed in knots, track in degrees, vertical rate in feet a minute, geometric less pressure altitude in feet ("-": none)
 31           version, NACp
"""
import random
import pyModeS

GENERATOR = 0x1FFF409


def parity(data: bytes) -> bytes:
    value = int.from_bytes(data, "big") << 24
    for place in range(value.bit_length() - 1, 23, -1):
        if value >> place & 1:
            value ^= GENERATOR << (place - 24)
    return value.to_bytes(3, "big")


def message(type_code: int, rest: int) -> str:
    me = (type_code << 51 | rest & ((1 << 51) - 1)).to_bytes(7, "big")
    data = bytes([0x8D]) + random.randrange(1 << 24).to_bytes(3, "big") + me
    return (data + parity(data)).hex().upper()


def show(value) -> str:
    return "-" if value is None else str(value)


random.seed(1090)
codes = [4] * 40 + list(range(9, 19)) * 16 + [20, 21, 22] * 10 + [19] * 100 + [31] * 40
for code in codes:
    rest = random.getrandbits(51)
    if code == 4:
        rest = 0
        for character in random.choices([*range(1, 27), *range(48, 58)], k=8):
            rest = rest << 6 | character
    if code == 19:
        rest = rest & ~(7 << 48) | random.choice([1, 2]) << 48
    if code == 31:
        rest = rest & ~(7 << 48) & ~(7 << 13) | random.choice([1, 2]) << 13
    text = message(code, rest)
    try:
        read = pyModeS.decode(text, reference=(52.0, 4.0))
    except Exception:  # what it refuses is no reference
        continue
    row = {
        4: ["callsign"],
        19: ["groundspeed", "track", "vertical_rate", "geo_minus_baro"],
        31: ["version", "nac_p"],
    }.get(code, ["altitude", "latitude", "longitude"])
    print(text, code, *[show(read.get(key)) for key in row], sep="\t")
