// Has the vendors' published decoders read what the catalogue sends, at both bounds of every argument:
//
//     node tools/witness/witness.js DOWNLINK FOLDER
//
// DOWNLINK is the built tool, FOLDER has a checkout of each repository of `sources.js`. What the decoders say is written to
// `tests/vectors/witness/`, for `tests/witness.rs` to hold the catalogue to.
'use strict';

const fs = require('fs');
const path = require('path');
const { encoded, instructions } = require('./instructions');
const { judged } = require('./judge');
const { lookedAt } = require('./looked-at');
const { witnesses } = require('./sources');

const [tool, folder] = process.argv.slice(2);
const root = path.join(__dirname, '..', '..');
const target = path.join(root, 'tests', 'vectors', 'witness');

// The ids and texts of all definitions.
function definitions() {
    const encoders = path.join(root, 'encoders');
    const vendors = fs.readdirSync(encoders, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return vendors.flatMap(({ name: vendor }) => fs.readdirSync(path.join(encoders, vendor)).sort().map((file) => ({
        id: `${vendor}/${path.basename(file, '.toml')}`,
        text: fs.readFileSync(path.join(encoders, vendor, file), 'utf8'),
    })));
}

// What the witness reads in each frame. Where it says nothing of an argument there is no row.
function testimony({ id, witness }) {
    const frames = encoded(tool, id, instructions(tool, id));
    const rows = frames.map((frame) => ({ ...frame, decoded: witness.read(frame) }));
    return judged(rows);
}

function write(id, { source, commit, licence }, rows) {
    const file = path.join(target, `${id}.json`);
    const head = JSON.stringify({ encoder: id, source, commit, licence }).slice(0, -1);
    const lines = rows.map((row) => JSON.stringify(row)).join(',\n');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${head},"rows":[\n${lines}\n]}\n`);
}

// What the folder holds, for people.
function page(heard, without) {
    const others = (rows) => rows.filter((row) => !row.same).length;
    const table = heard.map(({ id, rows, silent }) => `| ${id} | ${rows.length} | ${others(rows)} | ${silent} |`);
    return fs.readFileSync(path.join(__dirname, 'page.md'), 'utf8')
        .replace('{table}', table.join('\n'))
        .replace('{without}', unheard(without).join('\n'));
}

// The definitions without a witness by vendor, each with what was looked at.
function unheard(without) {
    const vendors = [...new Set(without.map(({ id }) => id.split('/')[0]))];
    return vendors.map((vendor) => {
        const own = without.filter(({ id }) => id.startsWith(`${vendor}/`));
        const names = own.map(({ id }) => id.split('/')[1]).join(', ');
        return `| ${vendor} | ${names} | ${lookedAt(vendor, own)} |`;
    });
}

const heard = [];
const without = [];
for (const definition of definitions()) {
    const witness = witnesses(definition, folder);
    const { rows, silent } = witness ? testimony({ ...definition, witness }) : { rows: [] };
    if (rows.length === 0) {
        without.push(definition);
        continue;
    }
    write(definition.id, witness, rows);
    heard.push({ id: definition.id, rows, silent });
    for (const row of rows.filter(({ same }) => !same)) {
        console.log(definition.id, row.argument, JSON.stringify(row.value), row.hex, JSON.stringify(row.read));
    }
}
fs.writeFileSync(path.join(target, 'README.md'), page(heard, without));
const count = heard.reduce((sum, { rows }) => sum + rows.length, 0);
console.log(`${heard.length} definitions with a witness, ${without.length} without; ${count} rows`);
