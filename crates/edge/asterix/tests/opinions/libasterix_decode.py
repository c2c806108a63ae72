"""Decodes ASTERIX records with PyPI libasterix, as a second opinion.

Reads lines of JSON, each with cat, ed, uap (empty but for category 001) and hex (one record); writes a line of JSON for each:
its items as nested objects whose leaves have raw, and val, unit or txt; or an object with a refusal.
"""

import json
import sys

from asterix.base import (
    BdsWithAddress, Bits, Compound, ContentBds, ContentInteger, ContentQuantity, ContentString, ContentTable, Element,
    Explicit, Extended, Group, Item, ParsingMode, Repetitive, RuleContentContextFree, UapMultiple,
)
from asterix.generated import manifest


def table(category, edition):
    for spec in manifest["CATS"][category]:
        if "%d.%d" % spec.cv_edition == edition:
            return spec
    raise KeyError(edition)


def expansion(category, edition):
    """The contents of the expansion field, which belong to the latest generation of a category."""
    known = manifest["REFS"].get(category)
    return known[-1].cv_expansion if known and not edition.startswith("0.") else None


def element(variation, siblings):
    bits = variation.bs
    leaf = {"raw": bits.to_uinteger()}
    rule = variation.__class__.cv_rule
    if issubclass(rule, RuleContentContextFree):
        content = rule.cv_content(bits)
    else:
        content = rule._find_content([siblings[path[-1]] for path in rule.cv_depends_on])(bits)
    if isinstance(content, ContentQuantity):
        leaf["val"] = content._as_quantity()
        leaf["unit"] = content.cv_unit
    elif isinstance(content, ContentString):
        leaf["val"] = content.as_string()
    elif isinstance(content, ContentInteger):
        leaf["val"] = content.as_integer()
    elif isinstance(content, ContentTable):
        text = content.table_value()
        if text is not None:
            leaf["txt"] = text
    elif isinstance(content, ContentBds) and content.cv_bds_type is BdsWithAddress:
        raw = leaf["raw"]
        return {"MBDATA": {"raw": raw >> 8}, "BDS1": {"raw": raw >> 4 & 15}, "BDS2": {"raw": raw & 15}}
    return leaf


def members(items):
    found, siblings = {}, {}
    for item in items:
        if isinstance(item, Item):
            name, inner = item.cv_non_spare.cv_name, item.arg.arg.arg
            if isinstance(inner, Element):
                siblings[name] = inner.bs.to_uinteger()
            found[name] = value(inner, siblings)
    return found


def value(variation, siblings, request=None, name=None):
    if isinstance(variation, Element):
        return element(variation, siblings)
    if isinstance(variation, Group):
        return members(variation.arg)
    if isinstance(variation, Extended):
        return members(item for part in variation.arg for item in part)
    if isinstance(variation, Repetitive):
        return [value(one, {}) for one in variation.arg]
    if isinstance(variation, Compound):
        return {name: value(sub.arg.arg, {}) for name, sub in variation.arg.items()}
    if isinstance(variation, Explicit):
        return explicit(variation.get_bytes(), request, name)
    raise TypeError(type(variation))


def explicit(octets, request, name):
    contents = expansion(request["cat"], request["ed"]) if name == "RE" else None
    if contents is not None:
        parsed = contents._parse(Bits.from_bytes(octets))
        if not isinstance(parsed, ValueError) and len(parsed[1]) == 0:
            return {name: value(sub.arg.arg, {}) for name, sub in parsed[0].arg.items()}
    return {"hex": octets.hex()}


def decode(request):
    category = request["cat"]
    uap = table(category, request["ed"]).cv_uap
    record = uap.cv_uaps[request["uap"]] if issubclass(uap, UapMultiple) else uap.cv_record
    parsed = record._parse(ParsingMode.StrictParsing, Bits.from_bytes(bytes.fromhex(request["hex"])))
    if isinstance(parsed, ValueError):
        return {"refused": str(parsed)}
    if len(parsed[1]):
        return {"refused": "%d bits are left" % len(parsed[1])}
    found = {}
    for name, item in parsed[0].items_regular.items():
        found["I%03d/%s" % (category, name)] = value(item.arg.arg, {}, request, name)
    return found


for line in sys.stdin:
    try:
        answer = decode(json.loads(line))
    except KeyError as error:
        answer = {"unknown": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
