// Exports every definition for LoRaWAN and runs the scripts in Node: node .ci/exported.js DOWNLINK
'use strict';

const { spawnSync } = require('child_process');
const vm = require('vm');
const acorn = require('acorn');

const tool = process.argv[2];

// What the tool prints, or nothing where it refuses to export.
function printed(...words) {
    const { status, stdout, stderr } = spawnSync(tool, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (status === 0) {
        return stdout;
    }
    if (!/^error\[export\//.test(stderr)) {
        throw new Error(`${words.join(' ')} ends with ${status}: ${stderr}`);
    }
    return undefined;
}

// What an example says and what a script gives, in one form: a refusal is its code.
function told({ errors, fPort, bytes }) {
    return errors ? errors.map((text) => text.split(':')[0]).join() : `port ${fPort}: ${bytes}`;
}

// How many examples there are, and those in which the script gives something else.
function run(id, script) {
    acorn.parse(script, { ecmaVersion: 5 });
    const context = vm.createContext({});
    vm.runInContext(script, context, { filename: id });
    const examples = JSON.parse(printed('export', id, '--examples'));
    const faults = examples.flatMap(({ description, input, output }) => {
        context.input = JSON.stringify(input);
        const given = vm.runInContext('JSON.stringify(encodeDownlink(JSON.parse(input)))', context);
        const isSame = told(JSON.parse(given)) === told(output);
        return isSame ? [] : [`${id}, ${description}: expected ${told(output)}, found ${given}`];
    });
    return { count: examples.length, faults };
}

const listed = JSON.parse(printed('list', '--format', 'json'));
const ids = listed.filter(({ protocols }) => protocols.includes('LORA')).map(({ id }) => id);
const scripts = ids.map((id) => [id, printed('export', id)]);
const exported = scripts.filter(([, script]) => script !== undefined);
const runs = exported.map(([id, script]) => run(id, script));
const count = runs.reduce((sum, each) => sum + each.count, 0);
const faults = runs.flatMap((each) => each.faults);
console.log(`exported: ${exported.length} of ${ids.length} encoders, ${count} examples, ${faults.length} faults`);
faults.forEach((fault) => console.error(fault));
process.exitCode = faults.length === 0 && count > exported.length && exported.length > 100 ? 0 : 1;
