// ---- From an object to the values of each argument.

function isRequired(argument) {
    return !has(argument, 'preset') && !argument.optional;
}

// `0`, `1`, ... `63`
function isIndex(key) {
    return /^(0|[1-9][0-9]?)$/.test(key) && Number(key) < LIST_ITEMS;
}

function Binder(name, args) {
    this.name = name;
    this.args = args;
    this.values = args.map(function () { return []; });
}

Binder.prototype.take = function (value) {
    var binder = this;
    var isGroup = Array.isArray(value) && this.args.some(function (argument) {
        return argument.shape === 'group';
    });
    if (isGroup) {
        value.forEach(function (item, index) { binder.takeMember(String(index), item); });
    } else if (hasMembers(value)) {
        Object.keys(value).forEach(function (key) { binder.takeMember(key, value[key]); });
    } else {
        this.takeBare(value);
    }
};

Binder.prototype.takeBare = function (value) {
    var required = this.args.filter(isRequired);
    if (required.length === 1) {
        this.put(this.args.indexOf(required[0]), 0, value);
    } else if (required.length > 1) {
        this.refuseMissing(required);
    } else if (value !== true) {
        refuse('encode/type', '`' + this.name + '` is set off with true, found ' + shown(value));
    }
};

Binder.prototype.takeMember = function (key, value) {
    var binder = this, place;
    if (isIndex(key) && hasMembers(value)) {
        Object.keys(value).forEach(function (name) {
            place = binder.place(name);
            binder.demand(place, 'group');
            binder.put(place, Number(key), value[name]);
        });
        return;
    }
    place = this.place(key);
    if (this.args[place].shape === 'list' && Array.isArray(value) && value.length > 0) {
        value.forEach(function (item, index) { binder.put(place, index, item); });
        return;
    }
    this.demand(place, undefined);
    if (isObject(value) || Array.isArray(value) && this.args[place].type !== 'bytes') {
        this.refuseShape(place);
    }
    this.put(place, 0, value);
};

Binder.prototype.place = function (name) {
    var place = named(this.args, name);
    if (place < 0) {
        refuse('encode/unknown-argument', '`' + this.name + '` has no argument ' + shown(name)
            + ', expected ' + (names(this.args) || 'none'));
    }
    return place;
};

Binder.prototype.demand = function (place, shape) {
    if (this.args[place].shape !== shape) {
        this.refuseShape(place);
    }
};

Binder.prototype.refuseShape = function (place) {
    var argument = this.args[place];
    var shapes = { list: 'an array', group: 'a member of each item of the command\'s array' };
    refuse('instruction/name', '`' + argument.name + '` of `' + this.name + '` is '
        + (shapes[argument.shape] || 'one value'));
};

Binder.prototype.put = function (place, index, value) {
    if (index >= LIST_ITEMS) {
        refuse('instruction/name', '`' + this.args[place].name + '` has more than '
            + LIST_ITEMS + ' values');
    }
    this.values[place][index] = accept(this.args[place], value);
};

Binder.prototype.refuseMissing = function (missing) {
    refuse('encode/missing-argument', '`' + this.name + '` lacks arguments, expected '
        + names(missing));
};

Binder.prototype.finish = function () {
    var binder = this;
    var repetitions = 0;
    var missing = this.args.filter(function (argument, place) {
        return isRequired(argument) && binder.values[place].length === 0;
    });
    var isEmpty = this.values.every(function (own) { return own.length === 0; });
    var allOptional = this.args.length > 0 && this.args.every(function (argument) {
        return argument.optional;
    });
    if (missing.length > 0 || allOptional && isEmpty) {
        this.refuseMissing(missing.length > 0 ? missing : this.args);
    }
    this.args.forEach(function (argument, place) {
        if (argument.shape === 'group') {
            repetitions = Math.max(repetitions, binder.values[place].length);
        }
    });
    var isGiven = this.values.map(function (own) { return own.length > 0; });
    var values = this.args.map(function (argument, place) {
        return binder.filled(argument, binder.values[place], repetitions);
    });
    this.args.forEach(function (argument, place) {
        if (isGiven[place]) {
            binder.demandEffect(argument, values);
        }
    });
    return values;
};

// Refuses what has no effect beside the values of other arguments.
Binder.prototype.demandEffect = function (argument, values) {
    var binder = this;
    (argument.needs || []).forEach(function (need) {
        var other = binder.args[need.argument], own = values[need.argument];
        if (own.length === 0 || own[0].fixed !== accept(other, need.value).fixed) {
            refuse('encode/no-effect', '`' + argument.name + '` has no effect unless `' + other.name
                + '` is `' + need.value + '`');
        }
    });
};

// The values of one argument, its preset where none was given.
Binder.prototype.filled = function (argument, values, repetitions) {
    var isGroup = argument.shape === 'group';
    var least = 0, most = 1, index;
    if (argument.shape === 'list') {
        least = argument.optional && values.length === 0 ? 0 : argument.least_items;
        most = argument.most_items;
    } else if (isGroup) {
        least = Math.max(repetitions, 1);
        most = LIST_ITEMS;
    }
    if (has(argument, 'preset')) {
        if (values.length === 0 && !isGroup) {
            return [accept(argument, argument.preset)];
        }
        for (index = 0; isGroup && index < repetitions; index += 1) {
            values[index] = values[index] || accept(argument, argument.preset);
        }
        if (isGroup && repetitions === 0) {
            return [];
        }
    }
    for (index = 0; index < values.length; index += 1) {
        if (values[index] === undefined) {
            least = LIST_ITEMS + 1;
        }
    }
    if (values.length < least || most < values.length) {
        refuse('encode/items', '`' + argument.name + '` of `' + this.name + '` has '
            + values.length + ' values, or a gap between them');
    }
    return values;
};
