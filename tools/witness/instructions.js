// From the JSON Schema of a definition to instructions at both bounds of every argument.
'use strict';

const { spawnSync } = require('child_process');

const DEVICE = 'urn:dev:DEVEUI:0059AC0000152A2B:';
const MOST_NAMES = 16;

function run(tool, words, input) {
    const { stdout } = spawnSync(tool, words, { encoding: 'utf8', input, maxBuffer: 1 << 28 });
    return stdout;
}

// The records of each command that name an argument, with the values to try; data is left out.
function commands(schema) {
    const all = new Map();
    for (const { properties: { n, ...labels }, description } of schema.items.anyOf.flatMap((item) => item.anyOf ?? [item])) {
        const [command, ...argument] = (n?.const ?? '').split('/');
        const values = valuesOf(labels);
        if (n?.const === undefined || argument.length !== 1 || values === undefined) {
            continue;
        }
        const own = all.get(command) ?? new Map();
        const known = own.get(n.const);
        const needs = [...(description ?? '').matchAll(/`(\w+)` = `([^`]+)`/g)];
        own.set(n.const, {
            values: [...(known?.values ?? []), ...values],
            needs: needs.map(([, name, value]) => [`${command}/${name}`, value]),
        });
        all.set(command, own);
    }
    return all;
}

function valuesOf({ v, vb, vs }) {
    if (vb !== undefined) {
        return [false, true];
    }
    if (v !== undefined) {
        return (v.anyOf ?? [v]).flatMap(bounds);
    }
    if (vs?.enum !== undefined) {
        return vs.enum.slice(0, MOST_NAMES);
    }
    // Digits in hex, and texts of one letter.
    const length = /\{2\}\)\{(\d+)/.exec(vs?.pattern ?? '')?.[1];
    return vs === undefined ? undefined : [length ? 'A5'.repeat(Math.max(length, 1)) : 'a'.repeat(vs.minLength || 1)];
}

// The least and the most that is a whole number of steps.
function bounds({ minimum, maximum, multipleOf: step }) {
    if (step === undefined) {
        return [minimum, maximum];
    }
    const steps = (value, round) => Number((round(Number((value / step).toFixed(6))) * step).toPrecision(15));
    return [steps(minimum, Math.ceil), steps(maximum, Math.floor)];
}

// An instruction for each value of each argument. The others have their first value, or the one that is needed.
function instructions(tool, id) {
    const all = [];
    for (const [, own] of commands(JSON.parse(run(tool, ['schema', id])))) {
        for (const [argument, { values }] of own) {
            for (const value of new Set(values)) {
                all.push({ argument, value, records: records(own, argument, value) });
            }
        }
    }
    return all;
}

function records(own, argument, value) {
    const given = new Map([...own].map(([name, { values }]) => [name, values[0]]));
    given.set(argument, value);
    const wanted = [argument];
    for (const name of wanted) {
        for (const [other, text] of own.get(name).needs) {
            given.set(other, text === 'true' || (text !== 'false' && text));
            wanted.push(other);
        }
    }
    const isMet = ([other, text]) => String(given.get(other)) === text;
    const kept = [...given].filter(([name]) => own.get(name).needs.every(isMet));
    return Object.fromEntries(kept);
}

function record([n, value]) {
    const label = { number: 'v', boolean: 'vb', string: 'vs' }[typeof value];
    return { n, [label]: value };
}

// The frame of each instruction that is one message; what is refused is left out.
function encoded(tool, id, all) {
    const packs = all.map(({ records: given }) => {
        const [first, ...rest] = Object.entries(given).map(record);
        return JSON.stringify([{ bn: DEVICE, ...first }, ...rest]);
    });
    const words = ['encode', '-', '--ndjson', '--keep-going', '--encoder', id, '--protocol', 'LORA', '--f-port', '1'];
    const own = ['encode', '-', '--ndjson', '--keep-going', '--encoder', id, '--protocol', 'LORA'];
    const lines = run(tool, own, packs.join('\n')).trim().split('\n').map((line) => JSON.parse(line));
    const isOne = ({ documents }) => documents?.length === 1;
    const answers = lines.some(isOne) ? lines : run(tool, words, packs.join('\n')).trim().split('\n').map(JSON.parse);
    return answers.filter(isOne).map(({ line, documents: [{ document: { message } }] }) => ({
        ...all[line - 1],
        hex: message.payloadHex,
        f_port: message.fPort,
    }));
}

module.exports = { encoded, instructions };
