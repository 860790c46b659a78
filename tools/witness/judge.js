// Compares what was sent with what the decoder reads, by name.
'use strict';

const YES = ['true', '1', 'enable', 'enabled', 'yes', 'on', 'open', 'report', 'reported', 'tagged', 'asserted'];
const NO = ['false', '0', 'disable', 'disabled', 'no', 'off', 'close', 'ignore', 'not reported', 'not tagged', 'de-asserted'];
// From our unit to that of the decoder.
const FACTORS = [1, 10, 100, 1000, 60, 3600, 0.1, 0.01, 0.001, 1 / 60, 1 / 3600];

const plain = (name) => String(name).toLowerCase().replace(/%/g, 'percent').replace(/&/g, 'and').replace(/[^a-z0-9]/g, '');

function leaves(value, names = []) {
    if (value === null || typeof value !== 'object') {
        return [[names, value]];
    }
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...names, name]));
}

// What the decoder says of an argument: under its path, under its own name where only one leaf has it, or under the command where
// that has no other argument.
function found(decoded, { argument: path, records }) {
    const all = leaves(decoded ?? {}).map(([names, value]) => [names.map(plain).join('/'), value]);
    const [command, argument] = path.split('/').map(plain);
    const at = (wanted) => all.filter(([name]) => name === wanted);
    const named = all.filter(([name]) => name.split('/').pop() === argument);
    const alone = Object.keys(records).length === 1 ? at(command) : [];
    return [at(`${command}/${argument}`), alone, named].find(({ length }) => length === 1)?.[0][1];
}

// The number that is read: `UTC-3:30` is -3.5 hours, `20%` is 20, and four digits in a text are hex.
function numberOf(read) {
    const [, sign, hours, minutes = 0] = /^UTC(?:([+-])(\d+)(?::(\d+))?)?$/.exec(read) ?? [];
    if (hours !== undefined) {
        return (sign === '-' ? -1 : 1) * (Number(hours) + minutes / 60);
    }
    if (/^\d+%$/.test(read)) {
        return parseInt(read, 10);
    }
    if (/^-?\d{1,3}$|^-?\d{5,}(?:\.\d+)?$|^-?\d+\.\d+$/.test(read)) {
        return Number(read);
    }
    return typeof read === 'string' && /^[0-9a-f]{4}$/.test(read) ? parseInt(read, 16) : read;
}

function isSame(value, read, factor) {
    if (typeof value === 'number') {
        const [expected, found] = [value * factor, numberOf(read)];
        return typeof found === 'number' && Math.abs(found - expected) <= 1e-6 * Math.max(1, Math.abs(expected));
    }
    if (typeof value === 'boolean') {
        return (value ? YES : NO).includes(String(read).toLowerCase());
    }
    if ([YES, NO].some((words) => words.includes(value.toLowerCase()) && words.includes(String(read).toLowerCase()))) {
        return true;
    }
    // A long name may stand among other words.
    const [name, words] = [plain(value), plain(read)];
    return words === name || name.length > 3 && words.includes(name);
}

// The factor under which all numbers of the argument agree, else none.
function factorOf(rows) {
    const numbers = rows.filter(({ value }) => typeof value === 'number');
    return FACTORS.find((factor) => numbers.every(({ value, read }) => isSame(value, read, factor))) ?? 1;
}

// Whether the decoder says what we can compare. A number for one of our names says nothing, nor a name for one of our numbers, unless
// it is that there is no such thing.
function says({ value, read }) {
    if (read === undefined || read === null || typeof read === 'object') {
        return false;
    }
    const isName = typeof read === 'string' && typeof numberOf(read) === 'string' && read !== 'Invalid';
    const isNameless = {
        string: typeof read === 'number',
        number: isName,
        boolean: isName && ![...YES, ...NO].includes(read.toLowerCase()),
    };
    return !isNameless[typeof value];
}

// The rows of which the decoder says something, each with whether it is the same, and how many it says nothing of.
function judged(frames) {
    const rows = frames
        .map(({ decoded, ...row }) => ({ ...row, read: found(decoded, row) }))
        .filter(says);
    const byArgument = grouped(rows);
    for (const own of byArgument.values()) {
        const factor = factorOf(own);
        for (const row of own) {
            row.same = isSame(row.value, row.read, factor);
        }
    }
    return { rows, silent: frames.length - rows.length };
}

function grouped(rows) {
    const groups = new Map();
    for (const row of rows) {
        groups.set(row.argument, [...(groups.get(row.argument) ?? []), row]);
    }
    return groups;
}

module.exports = { judged };
