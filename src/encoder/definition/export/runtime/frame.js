// ---- Frames.

function Renderer(name, args, slots, warnings) {
    this.name = name;
    this.args = args;
    this.slots = slots;
    this.warnings = warnings;
    this.index = 0;
}

// The value in this repetition, or the only one.
Renderer.prototype.given = function (place) {
    var values = this.slots[place];
    return values[this.index] || values[0];
};

Renderer.prototype.refuse = function (code, argument, value) {
    refuseValue(code, argument, value.shown || 'the default', argument.takes);
};

// The whole number that stands on the wire.
Renderer.prototype.whole = function (value, argument, place) {
    var least = place.signed ? -Math.pow(2, place.width - 1) : 0;
    var most = Math.pow(2, place.signed ? place.width - 1 : place.width) - 1;
    var result;
    if (value.exact === undefined) {
        result = Number(value.fixed);
    } else {
        result = this.rounded(value, argument, place);
    }
    if (result < least || most < result) {
        this.refuse('encode/out-of-range', argument, value);
    }
    return result;
};

Renderer.prototype.rounded = function (value, argument, place) {
    var result = rounded(scaled(value.exact, place));
    if (result === undefined) {
        this.refuse('encode/out-of-range', argument, value);
    }
    if (!result.isExact) {
        if (!argument.rounds) {
            this.refuse('encode/not-exact', argument, value);
        }
        this.warn(argument, value);
    }
    (argument.names || []).forEach(function (special) {
        if (Number(special.value) === result.whole) {
            refuseValue('encode/out-of-range', argument, value.shown + ', which the device reads as `'
                + special.name + '`', argument.takes);
        }
    });
    return result.whole;
};

Renderer.prototype.warn = function (argument, value) {
    this.warnings.push('encode/rounded: `' + argument.name + '` is '
        + (argument.secret ? '***' : value.shown) + ', and was rounded');
};

Renderer.prototype.frame = function (steps, inner, bytes) {
    var renderer = this;
    steps.forEach(function (step) {
        if (typeof step === 'string') {
            append(bytes, bytesOfHex(step));
        } else {
            renderer[step.step](step, inner, bytes);
        }
    });
    return bytes;
};

Renderer.prototype.inner = function (step, inner, bytes) {
    append(bytes, inner);
};

Renderer.prototype.integer = function (step, inner, bytes) {
    var renderer = this, argument = this.args[step.argument];
    this.each(step, function (value) {
        append(bytes, integerBytes(value ? renderer.whole(value, argument, step) : 0, step));
    });
};

Renderer.prototype.float = function (step, inner, bytes) {
    var renderer = this, argument = this.args[step.argument];
    this.each(step, function (value) {
        var found = value ? renderer.nearest(value, argument, step) : bitsOf(0, step.bytes * 8);
        var own = packed(found);
        append(bytes, step.little ? own.reverse() : own);
    });
};

// The bits of the nearest float.
Renderer.prototype.nearest = function (value, argument, step) {
    var format = FLOATS[step.bytes];
    var exact = scaled(value.exact, step);
    var found = nearestFloat(exact, format);
    if (found === undefined) {
        this.refuse('encode/out-of-range', argument, value);
    }
    if (!isShortest(exact, found, format)) {
        if (argument.exact) {
            this.refuse('encode/not-exact', argument, value);
        }
        this.warn(argument, value);
    }
    return found.bits;
};

Renderer.prototype.raw = function (step, inner, bytes) {
    this.each(step, function (value) {
        append(bytes, value ? value.bytes : []);
    });
};

// Each value of a list, else the one value; once without a value if none was given.
Renderer.prototype.each = function (step, write) {
    var values = this.slots[step.argument];
    if (step.list && values.length > 0) {
        values.forEach(write);
    } else {
        write(this.given(step.argument));
    }
};

Renderer.prototype.bits = function (step, inner, bytes) {
    var renderer = this;
    var bits = step.runs.reduce(function (all, run) {
        return all.concat(renderer.run(run));
    }, []);
    var own = packed(bits);
    append(bytes, step.reversed ? own.reverse() : own);
};

Renderer.prototype.run = function (run) {
    var argument, value;
    if (typeof run === 'string') {
        return run.split('').map(Number);
    }
    if (run.given) {
        return [this.slots[run.argument].length > 0 ? 1 : 0];
    }
    argument = this.args[run.argument];
    value = this.given(run.argument);
    if (value === undefined) {
        return bitsOf(0, run.width);
    }
    if (has(run, 'low')) {
        return bitsOf(this.whole(value, argument, { width: 64 }), run.low + run.width)
            .slice(0, run.width);
    }
    return bitsOf(this.whole(value, argument, run), run.width);
};

Renderer.prototype.length = function (step, inner, bytes) {
    var inside = this.frame(step.steps, inner, []);
    var length = rounded(scaled(fraction(String(inside.length)), step));
    var most = Math.pow(2, step.signed ? step.width - 1 : step.width) - 1;
    if (length === undefined || !length.isExact || length.whole < 0 || most < length.whole) {
        refuse('encode/length', '`' + this.name + '` has ' + inside.length
            + ' bytes, which its length cannot say');
    }
    append(bytes, integerBytes(length.whole, step));
    append(bytes, inside);
};

Renderer.prototype.sum = function (step, inner, bytes) {
    var start = bytes.length;
    this.frame(step.steps, inner, bytes);
    append(bytes, check(step, bytes.slice(start)));
};

Renderer.prototype.pad = function (step, inner, bytes) {
    while (bytes.length < step.length) {
        bytes.push(step.with);
    }
};

Renderer.prototype.group = function (step, inner, bytes) {
    var slots = this.slots;
    var repetitions = step.arguments.reduce(function (most, place) {
        return Math.max(most, slots[place].length);
    }, 0);
    var repetition;
    for (repetition = 0; repetition < repetitions; repetition += 1) {
        this.index = repetition;
        this.frame(step.steps, inner, bytes);
    }
    this.index = 0;
};

Renderer.prototype.text = function (pieces) {
    var renderer = this;
    return utf8(pieces.map(function (piece) {
        return typeof piece === 'string' ? piece : renderer.written(piece);
    }).join(''));
};

Renderer.prototype.written = function (piece) {
    var argument = this.args[piece.argument];
    var value = this.given(piece.argument);
    var digits;
    if (value === undefined) {
        return '';
    }
    if (has(value, 'text')) {
        return value.text;
    }
    if (has(value, 'fixed') && (typeof value.fixed !== 'number' || !piece.base)) {
        return String(value.fixed);
    }
    if (has(value, 'bytes')) {
        return hexOf(value.bytes);
    }
    digits = this.whole(value, argument, piece).toString(piece.base || 10).toUpperCase();
    return zeros((piece.digits || 0) - digits.length) + digits;
};

function append(bytes, more) {
    more.forEach(function (byte) { bytes.push(byte); });
}

function integerBytes(whole, place) {
    var bytes = packed(bitsOf(whole, place.width));
    return place.little ? bytes.reverse() : bytes;
}
