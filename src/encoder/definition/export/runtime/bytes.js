// ---- Bits and bytes.

// The lowest bits of a whole number, the most significant first; two's complement.
function bitsOf(whole, width) {
    var rest = whole < 0 ? -(whole + 1) : whole;
    var bits = [], bit;
    while (bits.length < width) {
        bit = rest % 2;
        bits.unshift(whole < 0 ? 1 - bit : bit);
        rest = (rest - bit) / 2;
    }
    return bits;
}

function packed(bits) {
    var bytes = [], at;
    for (at = 0; at < bits.length; at += 8) {
        bytes.push(parseInt(bits.slice(at, at + 8).join(''), 2));
    }
    return bytes;
}

function bytesOfHex(digits) {
    return digits === '' ? [] : digits.match(/../g).map(function (pair) {
        return parseInt(pair, 16);
    });
}

function hexOf(bytes) {
    return bytes.map(function (byte) {
        return (byte < 16 ? '0' : '') + byte.toString(16).toUpperCase();
    }).join('');
}

// Nothing for a text with half a character in it.
function utf8(text) {
    var bytes = [], at, encoded;
    try {
        encoded = encodeURIComponent(text);
    } catch (ignored) {
        return undefined;
    }
    for (at = 0; at < encoded.length; at += 1) {
        if (encoded.charAt(at) === '%') {
            bytes.push(parseInt(encoded.slice(at + 1, at + 3), 16));
            at += 2;
        } else {
            bytes.push(encoded.charCodeAt(at));
        }
    }
    return bytes;
}

// ---- Floats (IEEE 754): the nearest one, of two equally near the even one.

var FLOATS = { 4: { exponent: 8, mantissa: 23 }, 8: { exponent: 11, mantissa: 52 } };

// Its bits and its value; nothing if it is too large.
function nearestFloat(value, format) {
    var bias = Math.pow(2, format.exponent - 1) - 1;
    var unit = Math.pow(2, format.mantissa);
    var over = value.over, under = value.under, exponent = 0;
    var divided, half, magnitude;
    while (compare(over, sum(under, under)) >= 0) {
        under = sum(under, under);
        exponent += 1;
    }
    while (compare(over, under) < 0 && exponent > 1 - bias) {
        over = sum(over, over);
        exponent -= 1;
    }
    divided = divide(product(over, natural(String(unit))), under);
    half = compare(sum(divided.rest, divided.rest), under);
    if (half > 0 || half === 0 && divided.whole % 2 === 1) {
        divided.whole += 1;
    }
    magnitude = divided.whole * Math.pow(2, exponent - format.mantissa);
    if (divided.whole === 2 * unit) {
        divided.whole = unit;
        exponent += 1;
    }
    if (exponent > bias) {
        return undefined;
    }
    return {
        magnitude: magnitude,
        bits: [value.isNegative ? 1 : 0].concat(
            bitsOf(divided.whole < unit ? 0 : exponent + bias, format.exponent),
            bitsOf(divided.whole % unit, format.mantissa)
        )
    };
}

// Whether the shortest text of the float says just this value.
function isShortest(value, found, format) {
    var digits, text, near, again;
    for (digits = 1; digits <= 17; digits += 1) {
        text = found.magnitude.toPrecision(digits);
        near = fraction(text);
        again = near && nearestFloat(near, format);
        if (again && again.magnitude === found.magnitude) {
            near.isNegative = value.isNegative;
            return order(near, value) === 0;
        }
    }
    return false;
}

// ---- Check values.

var CRCS = {
    'crc16-modbus': { polynomial: 0xA001, start: 0xFFFF, isReflected: true },
    'crc16-kermit': { polynomial: 0x8408, start: 0, isReflected: true },
    'crc16-ccitt-false': { polynomial: 0x1021, start: 0xFFFF },
    'crc16-xmodem': { polynomial: 0x1021, start: 0 }
};

function check(step, bytes) {
    var value;
    switch (step.algorithm) {
    case 'sum8':
        return [bytes.reduce(function (all, byte) { return (all + byte) % 256; }, 0)];
    case 'xor8':
        return [bytes.reduce(function (all, byte) { return all ^ byte; }, 0)];
    case 'crc8-smbus':
        return [bytes.reduce(crc8, 0)];
    default:
        value = crc16(CRCS[step.algorithm], bytes);
        return step.little ? [value % 256, value >> 8] : [value >> 8, value % 256];
    }
}

function crc8(crc, byte) {
    var value = crc ^ byte, bit;
    for (bit = 0; bit < 8; bit += 1) {
        value = value & 0x80 ? (value << 1 ^ 0x07) & 0xFF : value << 1;
    }
    return value;
}

function crc16(kind, bytes) {
    return bytes.reduce(function (crc, byte) {
        var value = crc ^ (kind.isReflected ? byte : byte << 8), bit;
        for (bit = 0; bit < 8; bit += 1) {
            if (kind.isReflected) {
                value = value & 1 ? value >> 1 ^ kind.polynomial : value >> 1;
            } else {
                value = (value & 0x8000 ? value << 1 ^ kind.polynomial : value << 1) & 0xFFFF;
            }
        }
        return value;
    }, kind.start);
}
