// Which published decoder reads the frames of which definition. The scripts stay where they are; each runs in a context of its own.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const MILESIGHT = {
    repository: 'Milesight-IoT/SensorDecoders',
    commit: 'e79c9d8',
    licence: 'GPL-3.0',
    // The encoder, or the folder, that the definition names; the decoder stands beside it.
    script({ text }) {
        const [, named] = /^source = ".*\(e79c9d8\).*?((?:\w+-series)\/[\w-]+(?:\/[\w-]+-encoder\.js)?)/m.exec(text) ?? [];
        if (named === undefined) {
            return undefined;
        }
        const folder = named.endsWith('.js') ? path.dirname(named) : named;
        return `${folder}/${path.basename(folder)}-decoder.js`;
    },
    call: 'milesightDeviceDecode(bytes)',
};

// Scripts with `decodeDownlink` of TS013.
function driver(repository, commit, licence, scripts) {
    return {
        repository,
        commit,
        licence,
        script: ({ id }) => scripts[id],
        call: '(typeof decodeDownlink === "function" ? decodeDownlink : module.exports.decodeDownlink || exports.decodeDownlink)'
            + '({ bytes: bytes, fPort: f_port })',
    };
}

const CHIRPSTACK = driver('chirpstack/chirpstack-device-profiles', '4cf8d34', 'MIT', {
    'vutility/voltdrop': 'vendors/vutility/codecs/voltdrop.js',
    'vutility/hotdrop': 'vendors/vutility/codecs/hotdrop.js',
    'vutility/pulsedrop': 'vendors/vutility/codecs/pulsedrop.js',
});

const ACTILITY = driver('actility/device-catalog', '53ef3f3', 'none stated', {
    'abeeway/asset-tracker-2': 'vendors/abeeway/drivers/asset-tracker/main.js',
    'abeeway/asset-tracker-3': 'vendors/abeeway/drivers/asset-tracker-3/main.js',
    'inbiot/mica': 'vendors/inbiot/drivers/inbiot-decoder/index.js',
    'laiier/severn-wld': 'vendors/laiier/drivers/severn-wld/index.js',
    'laird/rs1xx': 'vendors/laird/drivers/ext-multi/index.js',
    'mclimate/16ads': 'vendors/mclimate/drivers/16a-dry-switch/index.js',
    'mclimate/16aspm': 'vendors/mclimate/drivers/16a-switch-power-meter/index.js',
    'mclimate/co2-display': 'vendors/mclimate/drivers/co2-display/index.js',
    'mclimate/co2-display-lite': 'vendors/mclimate/drivers/co2-display-lite/index.js',
    'mclimate/co2-pir-lite': 'vendors/mclimate/drivers/co2-pir-lite/index.js',
    'mclimate/fct': 'vendors/mclimate/drivers/fan-coil/index.js',
    'mclimate/ht-pir-lite': 'vendors/mclimate/drivers/ht-pir-lite/index.js',
    'mclimate/button': 'vendors/mclimate/drivers/multipurpose-button/index.js',
    'mclimate/vicki': 'vendors/mclimate/drivers/vicki/index.js',
    'mclimate/wireless-thermostat': 'vendors/mclimate/drivers/wireless-thermostat/index.js',
    'sensative/strips': 'vendors/sensative/drivers/strips/index.js',
    'twtg/neon-tt-4': 'vendors/twtg/drivers/neon-tt-v4/index.js',
    'twtg/neon-vb-3': 'vendors/twtg/drivers/neon-vb-v3/index.js',
    'twtg/neon-vb-4': 'vendors/twtg/drivers/neon-vb-v4/index.js',
    'wavetrend/sd01l': 'vendors/wavetrend/drivers/sd01-l-v2/index.js',
});

const REPOSITORIES = [MILESIGHT, CHIRPSTACK, ACTILITY];

// The witness of a definition, if it has one: where it is from, and how it reads a frame.
function witnesses(definition, folder) {
    for (const { repository, commit, licence, script, call } of REPOSITORIES) {
        const name = script(definition);
        const file = name && path.join(folder, repository, name);
        if (file && fs.existsSync(file)) {
            const read = reader(fs.readFileSync(file, 'utf8'), call);
            return { source: `${repository}, ${name}`, commit, licence, read };
        }
    }
    return undefined;
}

function reader(text, call) {
    const context = vm.createContext({ module: { exports: {} }, exports: {}, console: { log() {} }, Buffer });
    vm.runInContext(text, context);
    return ({ hex, f_port }) => {
        const bytes = JSON.stringify([...Buffer.from(hex, 'hex')]);
        try {
            const said = vm.runInContext(`bytes = ${bytes}; f_port = ${f_port}; JSON.stringify(${call})`, context, { timeout: 1000 });
            const decoded = said === undefined ? undefined : JSON.parse(said);
            return decoded?.errors?.length > 0 ? undefined : decoded?.data ?? decoded;
        } catch {
            return undefined;
        }
    };
}

module.exports = { witnesses };
