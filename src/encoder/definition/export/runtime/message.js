// ---- Messages: neighbors joined, envelopes put around.

var MOST_BYTES = 242;
var LAST_PORT = 223;

// The port that the platform asks for; 0 is what platforms say for none.
function asked(input) {
    var port = input.fPort;
    if (port === undefined || port === null || port === 0) {
        return undefined;
    }
    return checkedPort(port);
}

function checkedPort(port) {
    if (typeof port !== 'number' || port % 1 !== 0 || port < 1 || LAST_PORT < port) {
        refuse('encode/port-range', 'the port is ' + shown(port) + ', expected 1 to ' + LAST_PORT);
    }
    return port;
}

function portOf(rule, renderer, input) {
    var wanted = asked(input), own, value;
    if (typeof rule === 'number') {
        own = rule;
    } else if (rule && has(rule, 'argument')) {
        value = renderer.slots[rule.argument][0];
        if (value) {
            own = checkedPort(renderer.whole(value, renderer.args[rule.argument], { width: 8 }));
        }
    }
    if (own !== undefined) {
        if (wanted !== undefined && wanted !== own) {
            refuse('encode/port-conflict', 'port ' + wanted + ' is asked for, but the device has port ' + own);
        }
        return own;
    }
    return chosenPort(wanted, rule || {});
}

function chosenPort(wanted, rule) {
    var port = wanted === undefined ? rule.preset : wanted;
    var among = rule.among || [];
    if (port === undefined) {
        refuse('encode/port-missing', 'neither the device nor `fPort` says which port to use');
    }
    if (among.length > 0 && among.indexOf(port) < 0) {
        refuse('encode/port-conflict', 'port ' + port + ' is asked for, expected ' + among.join(' or '));
    }
    return port;
}

function Assembly(definition, input, warnings) {
    this.definition = definition;
    this.input = input;
    this.warnings = warnings;
    this.envelopes = [];
    this.open = undefined;
}

Assembly.prototype.bind = function (entity, values) {
    var binder = new Binder(entity.name, entity.args);
    values.forEach(function (value) { binder.take(value); });
    return new Renderer(entity.name, entity.args, binder.finish(), this.warnings);
};

Assembly.prototype.bindEnvelopes = function (data) {
    var assembly = this;
    this.envelopes = this.definition.envelopes.map(function (envelope) {
        return assembly.bind(envelope, has(data, envelope.name) ? [data[envelope.name]] : []);
    });
};

Assembly.prototype.command = function (command, value) {
    var renderer = this.bind(command, [value]);
    var rule = has(command, 'port') ? command.port : this.definition.port;
    this.add({
        command: command,
        port: portOf(rule, renderer, this.input),
        bytes: command.text ? renderer.text(command.text) : renderer.frame(command.frame, [], [])
    });
};

// Puts a message behind the open one, or refuses it: a script gives one message.
Assembly.prototype.add = function (next) {
    var open = this.open, joined;
    if (open === undefined) {
        this.open = next;
        return;
    }
    joined = open.bytes.concat(next.bytes);
    if (!takes(open, next) || !this.fits(next.command, joined)) {
        refuse('limit/parts', '`' + open.command.name + '` and `' + next.command.name
            + '` do not share a message, expected one message; send them one after the other');
    }
    this.open = { command: next.command, port: next.port, bytes: joined };
};

Assembly.prototype.fits = function (command, inside) {
    var own = has(command, 'envelope')
        ? this.definition.envelopes[command.envelope].max_length : undefined;
    var most = own === undefined ? this.definition.max_length : own;
    var kept = this.warnings.length;
    var length = this.wrapped(command, inside).length;
    this.warnings.length = kept;
    return length <= Math.min(most === undefined ? MOST_BYTES : most, MOST_BYTES);
};

Assembly.prototype.wrapped = function (command, inside) {
    if (!has(command, 'envelope')) {
        return inside;
    }
    return this.envelopes[command.envelope]
        .frame(this.definition.envelopes[command.envelope].frame, inside, []);
};

Assembly.prototype.close = function () {
    var bytes;
    if (this.open === undefined) {
        refuse('instruction/no-command', 'the object has no command');
    }
    bytes = this.wrapped(this.open.command, this.open.bytes);
    if (bytes.length === 0 || bytes.length > MOST_BYTES) {
        refuse('limit/payload', 'the payload has ' + bytes.length + ' bytes, expected 1 to ' + MOST_BYTES);
    }
    return { bytes: bytes, fPort: this.open.port };
};

function takes(open, next) {
    return Boolean(next.command.join) && open.command.join === next.command.join
        && open.command.envelope === next.command.envelope && open.port === next.port
        && has(open.command, 'text') === has(next.command, 'text');
}

// Each use of a command: where it may stand several times, each member is one.
function uses(command, value) {
    if (!command.repeats || !isObject(value)) {
        return [value];
    }
    return Object.keys(value).map(function (key) {
        var use = {};
        use[key] = value[key];
        return use;
    });
}

function encode(definition, input) {
    var data = input && input.data;
    var warnings = [];
    var assembly, commands, message;
    if (!isObject(data)) {
        refuse('encode/type', '`data` is ' + shown(data) + ', expected an object of commands');
    }
    assembly = new Assembly(definition, input, warnings);
    commands = Object.keys(data).filter(function (name) {
        var place = named(definition.commands, name);
        if (place < 0 && named(definition.envelopes, name) < 0) {
            refuse('encode/unknown-command', '`' + definition.id + '` has no command ' + shown(name)
                + ', expected ' + names(definition.commands));
        }
        return place >= 0;
    });
    assembly.bindEnvelopes(data);
    commands.forEach(function (name) {
        var command = definition.commands[named(definition.commands, name)];
        uses(command, data[name]).forEach(function (value) { assembly.command(command, value); });
    });
    message = assembly.close();
    if (warnings.length > 0) {
        message.warnings = warnings;
    }
    return message;
}

// What TS013 asks for: bytes and a port, or the reason why there are none.
function encoded(definition, input) {
    try {
        return encode(definition, input);
    } catch (refusal) {
        if (refusal instanceof Refusal) {
            return { errors: [refusal.text] };
        }
        throw refusal;
    }
}
