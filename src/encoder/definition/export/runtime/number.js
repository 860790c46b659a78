// ---- Whole numbers: digits of base 10^7, the least first, without leading zeros.

var BASE = 10000000;
var BASE_DIGITS = 7;
var BEYOND_SAFE = 9007199254740992;

function zeros(count) {
    return new Array(Math.max(count, 0) + 1).join('0');
}

function trimmed(limbs) {
    while (limbs.length > 0 && limbs[limbs.length - 1] === 0) {
        limbs.pop();
    }
    return limbs;
}

function natural(text) {
    var limbs = [], end;
    for (end = text.length; end > 0; end -= BASE_DIGITS) {
        limbs.push(Number(text.slice(Math.max(end - BASE_DIGITS, 0), end)));
    }
    return trimmed(limbs);
}

function sum(a, b) {
    var limbs = [], carry = 0, at;
    for (at = 0; at < a.length || at < b.length || carry > 0; at += 1) {
        carry += (a[at] || 0) + (b[at] || 0);
        limbs.push(carry % BASE);
        carry = Math.floor(carry / BASE);
    }
    return limbs;
}

// `b` is at most `a`.
function difference(a, b) {
    var limbs = [], borrow = 0, at, rest;
    for (at = 0; at < a.length; at += 1) {
        rest = a[at] - (b[at] || 0) - borrow;
        borrow = rest < 0 ? 1 : 0;
        limbs.push(rest + borrow * BASE);
    }
    return trimmed(limbs);
}

function product(a, b) {
    var limbs = [], i, j, carry;
    for (i = 0; i < a.length; i += 1) {
        carry = 0;
        for (j = 0; j < b.length || carry > 0; j += 1) {
            carry += (limbs[i + j] || 0) + a[i] * (b[j] || 0);
            limbs[i + j] = carry % BASE;
            carry = Math.floor(carry / BASE);
        }
    }
    return limbs;
}

function compare(a, b) {
    var at = a.length - 1;
    if (a.length !== b.length) {
        return a.length - b.length;
    }
    while (at > 0 && a[at] === b[at]) {
        at -= 1;
    }
    return at < 0 ? 0 : a[at] - b[at];
}

// The whole part of over / under, which is below 2^53, and what remains of `over`.
function divide(over, under) {
    var whole = 0;
    // A digit of the base is less than 24 bits.
    var bit = Math.min(BEYOND_SAFE / 2, Math.pow(2, 24 * over.length));
    for (; bit >= 1; bit /= 2) {
        if (compare(product(under, natural(String(whole + bit))), over) <= 0) {
            whole += bit;
        }
    }
    return { whole: whole, rest: difference(over, product(under, natural(String(whole)))) };
}

// ---- Fractions.

// Decimals with more places than these are finer than anything that is sent.
var MOST_PLACES = 30;
var FRACTION = /^(-?)(\d+)(?:\.(\d+))?(?:e([+\-]?\d+))?(?:\/(\d+))?$/;

// "-0.25", "1e-7", "5/3"; nothing for a number that is too fine.
function fraction(text) {
    var parts = FRACTION.exec(text);
    var decimals = parts[3] || '';
    var exponent = Number(parts[4] || 0) - decimals.length;
    if (exponent < -MOST_PLACES) {
        return undefined;
    }
    return {
        isNegative: parts[1] === '-',
        over: natural(parts[2] + decimals + zeros(exponent)),
        under: product(natural('1' + zeros(-exponent)), natural(parts[5] || '1'))
    };
}

function order(a, b) {
    var left = product(a.over, b.under), right = product(b.over, a.under);
    if (left.length === 0 && right.length === 0) {
        return 0;
    }
    if (a.isNegative !== b.isNegative) {
        return a.isNegative ? -1 : 1;
    }
    return a.isNegative ? compare(right, left) : compare(left, right);
}

function times(a, b) {
    return {
        isNegative: a.isNegative !== b.isNegative,
        over: product(a.over, b.over),
        under: product(a.under, b.under)
    };
}

function plus(a, b) {
    var left = product(a.over, b.under), right = product(b.over, a.under);
    var isLess = compare(left, right) < 0;
    var over;
    if (a.isNegative === b.isNegative) {
        over = sum(left, right);
    } else {
        over = isLess ? difference(right, left) : difference(left, right);
    }
    return {
        isNegative: isLess ? b.isNegative : a.isNegative,
        over: over,
        under: product(a.under, b.under)
    };
}

function scaled(value, place) {
    var result = value;
    if (has(place, 'times')) {
        result = times(result, fraction(place.times));
    }
    if (has(place, 'plus')) {
        result = plus(result, fraction(place.plus));
    }
    return result;
}

// The nearest whole number, a half away from zero; nothing beyond 2^53.
function rounded(value) {
    var most = product(value.under, natural(String(BEYOND_SAFE)));
    var divided, isExact;
    if (compare(value.over, most) >= 0) {
        return undefined;
    }
    divided = divide(value.over, value.under);
    isExact = divided.rest.length === 0;
    if (!isExact && compare(sum(divided.rest, divided.rest), value.under) >= 0) {
        divided.whole += 1;
    }
    return { whole: value.isNegative ? -divided.whole : divided.whole, isExact: isExact };
}
