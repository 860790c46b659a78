// ---- Arguments: what a caller may say, checked on the exact value before any arithmetic.

var LIST_ITEMS = 64;

function accept(argument, value) {
    if (argument.type === 'number' && typeof value === 'number' && isFinite(value)) {
        return acceptNumber(argument, value);
    }
    if (has(argument, 'names') && typeof value === 'string') {
        return acceptName(argument, value);
    }
    if (argument.type === 'boolean' && typeof value === 'boolean') {
        return { fixed: value ? argument.yes : argument.no };
    }
    if (argument.type === 'text' && typeof value === 'string') {
        return acceptText(argument, value);
    }
    if (argument.type === 'hex' && typeof value === 'string') {
        return acceptHex(argument, value);
    }
    if (argument.type === 'bytes' && isBytes(value)) {
        checkLength(argument, value.length);
        return { bytes: value };
    }
    return refuseValue('encode/type', argument, shown(value), argument.takes);
}

function acceptNumber(argument, value) {
    var exact = fraction(String(value));
    var isInside = exact !== undefined && argument.ranges.some(function (range) {
        return order(fraction(range[0]), exact) <= 0 && order(exact, fraction(range[1])) <= 0;
    });
    if (!isInside) {
        refuseValue('encode/out-of-range', argument, shown(value), argument.takes);
    }
    return { exact: exact, shown: shown(value) };
}

function acceptName(argument, value) {
    var at = named(argument.names, value);
    if (at < 0) {
        refuseValue('encode/unknown-enum', argument, shown(value), argument.takes);
    }
    return { fixed: argument.names[at].value };
}

function acceptText(argument, value) {
    var bytes = utf8(value), at, code;
    if (bytes === undefined) {
        refuseValue('encode/separator', argument, 'half a character', 'whole characters');
    }
    checkLength(argument, bytes.length);
    for (at = 0; at < value.length; at += 1) {
        code = value.charCodeAt(at);
        if (code < 32 || code > 126 && code < 160 || argument.ascii && code > 127) {
            refuseSeparator(argument);
        }
    }
    argument.separators.forEach(function (separator) {
        if (value.indexOf(separator) >= 0) {
            refuseSeparator(argument);
        }
    });
    return { bytes: bytes, text: value };
}

function refuseSeparator(argument) {
    refuse('encode/separator', '`' + argument.name + '` holds a character that it may not hold');
}

function acceptHex(argument, value) {
    if (value.length % 2 === 1 || /[^0-9A-Fa-f]/.test(value)) {
        refuseValue('encode/type', argument, shown(value), 'an even number of hex digits');
    }
    checkLength(argument, value.length / 2);
    return { bytes: bytesOfHex(value), text: value.toUpperCase() };
}

function isBytes(value) {
    return Array.isArray(value) && value.every(function (byte) {
        return typeof byte === 'number' && byte >= 0 && byte <= 255 && byte % 1 === 0;
    });
}

function checkLength(argument, length) {
    if (length < argument.least || argument.most < length) {
        refuseValue('encode/length', argument, length + ' bytes long', argument.takes);
    }
}
