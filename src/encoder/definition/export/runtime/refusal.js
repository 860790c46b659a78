// ---- What is refused: a code and a text, or nothing is sent.

function Refusal(code, text) {
    this.text = code + ': ' + text;
}

function refuse(code, text) {
    throw new Refusal(code, text);
}

function refuseValue(code, argument, found, expected) {
    var shown = argument.secret ? '***' : found;
    refuse(code, '`' + argument.name + '` is ' + shown + ', expected ' + expected);
}

function shown(value) {
    if (Array.isArray(value)) {
        return 'an array';
    }
    if (isObject(value)) {
        return 'an object';
    }
    return typeof value === 'string' ? '"' + value.slice(0, 64) + '"' : String(value);
}

function names(items) {
    var all = items.slice(0, 12).map(function (item) { return '`' + item.name + '`'; });
    var rest = items.length - all.length;
    return all.join(', ') + (rest > 0 ? ' or ' + rest + ' others' : '');
}

function has(object, key) {
    return Object.prototype.hasOwnProperty.call(object, key);
}

function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasMembers(value) {
    return isObject(value) && Object.keys(value).length > 0;
}

function named(items, name) {
    var at;
    for (at = 0; at < items.length; at += 1) {
        if (items[at].name === name) {
            return at;
        }
    }
    return -1;
}
