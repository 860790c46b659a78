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

// The definitions from the documentation, which name no script.
const MILESIGHT_DOCUMENTED = {
    ...MILESIGHT,
    script: ({ id }) => ({
        'milesight/em400-udl': 'em-series/em400-udl/em400-udl-decoder.js',
        'milesight/ts101': 'ts-series/ts101/ts101-decoder.js',
        'milesight/ws50x': 'ws-series/ws502-eu/ws502-eu-decoder.js',
    })[id],
};

// A register is written by its number with the highest bit set, and answered by its number with the same data.
const TEKTELIC = {
    repository: 'TektelicCommunications/data-converters',
    commit: '39edfa0',
    licence: 'none stated',
    // The encoder that the definition names has a decoder of the same version, but for one.
    script({ text }) {
        const [, named] = /^source = ".*Encoders\/([\w-]+\/[\w.-]+)-encoder\.js/m.exec(text) ?? [];
        const decoder = named?.replace('chickadee-v2.3', 'chickadee-v2.7');
        return decoder && `LoRa Alliance Payload Codec 1.0.0/${decoder}-decoder.js`;
    },
    call: 'decodeUplink({ bytes: [bytes[0] & 0x7F, ...bytes.slice(1)], fPort: f_port })',
};

// A script of the folder reads the frames of its own devices, and names the device.
const NETVOX = {
    repository: 'pqstefanknol/lorawan-devices',
    commit: '369ca3e',
    licence: 'Apache-2.0',
    script: ({ id }) => (id.startsWith('netvox/') ? 'vendor/netvox/payload' : undefined),
    call: 'decodeDownlink({ bytes: bytes, fPort: f_port })',
    isOwn: (decoded) => decoded?.Device !== undefined,
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
    'plenom/kuando-busylight': 'vendors/plenom/codecs/busylightcodec.js',
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
    'vutility/hotdrop-direct': 'vendors/vutility/drivers/hotdrop-direct/index.js',
    'wavetrend/sd01l': 'vendors/wavetrend/drivers/sd01-l-v2/index.js',
});

const THE_THINGS_NETWORK = driver('pqstefanknol/lorawan-devices', '369ca3e', 'Apache-2.0', {
    'aquascope/aqm': 'vendor/aquascope/aqs.js',
    'aquascope/aqs': 'vendor/aquascope/aqs.js',
    'aquascope/bvs': 'vendor/aquascope/bvs.js',
    'aquascope/kfr': 'vendor/aquascope/kfr.js',
    'arduino/lora-vision-shield': 'vendor/arduino/loravisionshield.js',
    'comtac/lpn-cm4': 'vendor/comtac/lpn-cm4.js',
    'comtac/lpn-td1': 'vendor/comtac/lpn-td1.js',
    'dingtek/dc410': 'vendor/dingtek/dc410.js',
    'dingtek/dc413': 'vendor/dingtek/dc413.js',
    'dingtek/dc500': 'vendor/dingtek/dc500.js',
    'dingtek/dc520': 'vendor/dingtek/dc520.js',
    'dingtek/dc600': 'vendor/dingtek/dc600.js',
    'dingtek/df400': 'vendor/dingtek/df400.js',
    'dingtek/df530': 'vendor/dingtek/df530.js',
    'dingtek/df556': 'vendor/dingtek/df556.js',
    'dingtek/df702': 'vendor/dingtek/df702.js',
    'dingtek/do200': 'vendor/dingtek/do200.js',
    'dingtek/do201': 'vendor/dingtek/do201.js',
    'dingtek/dt311': 'vendor/dingtek/dt311.js',
    'dingtek/dt320': 'vendor/dingtek/dt320.js',
    'netvox/r211': 'vendor/netvox/payload/r211.js',
    'stmicroelectronics/nucleo-wl55jc': 'vendor/stmicroelectronics/nucleo-wl55jc.js',
    'tekzitel/tekzipark': 'vendor/tekzitel/tekzipark.js',
    'the-things-products/the-things-uno': 'vendor/the-things-products/the-things-uno-quickstart.js',
});

// It says the command and one number.
const DECENTLAB = {
    ...THE_THINGS_NETWORK,
    script: ({ id }) => ({ 'decentlab/sensors': 'vendor/decentlab/dl-downlink-codec.js' })[id],
    call: '(({ data: { command, parameter } }) => ({ [command]: parameter }))(decodeDownlink({ bytes: bytes, fPort: f_port }))',
};

// The answer has the layout of the command.
const IMBUILDINGS = {
    ...THE_THINGS_NETWORK,
    script: ({ id }) => ({ 'imbuildings/sensors': 'vendor/imbuildings/imbuildings-decoder.js' })[id],
    call: 'decodeUplink({ bytes: bytes, fPort: f_port })',
};

// Uplink decoders that read the answer, which has the layout of the command, on the port of the answers.
function answers(f_port, scripts) {
    return {
        repository: 'Yobiiq-BV/codecs',
        commit: '9bebcfd',
        licence: 'none stated',
        script: ({ id }) => scripts[id],
        call: `decodeUplink({ bytes: bytes, fPort: ${f_port} })`,
    };
}

const YOBIIQ_INFORMATION = answers(50, { 'yobiiq/em4301': 'Codec_EM4301/Codec_EM4301.js' });

const YOBIIQ_PARAMETERS = answers(100, {
    'yobiiq/esd': 'Codec_ESD/Codec_ESD.js',
    'yobiiq/otm': 'IQ-OPENTHERM-LRW/IQ-OPENTHERM-LRW.js',
    'yobiiq/rm200': 'IQ-RM200-LRW/IQ-RM200-LRW.js',
    'yobiiq/sc-10-232': 'Codec_SC-10-232/Codec_SC-10-232.js',
});

const REPOSITORIES = [
    MILESIGHT,
    MILESIGHT_DOCUMENTED,
    CHIRPSTACK,
    ACTILITY,
    TEKTELIC,
    THE_THINGS_NETWORK,
    NETVOX,
    DECENTLAB,
    IMBUILDINGS,
    YOBIIQ_INFORMATION,
    YOBIIQ_PARAMETERS,
];

// The witness of a definition, if it has one: where it is from, and how it reads a frame.
function witnesses(definition, folder) {
    for (const { repository, commit, licence, script, call, isOwn = (decoded) => decoded !== undefined } of REPOSITORIES) {
        const name = script(definition);
        const place = name && path.join(folder, repository, name);
        if (place && fs.existsSync(place)) {
            const readers = scripts(place).map((file) => reader(fs.readFileSync(file, 'utf8'), call));
            const read = (frame) => readers.map((one) => one(frame)).find(isOwn);
            return { source: `${repository}, ${name}`, commit, licence, read };
        }
    }
    return undefined;
}

// The script, or those of a folder.
function scripts(place) {
    return place.endsWith('.js') ? [place] : fs.readdirSync(place).sort().map((file) => path.join(place, file));
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
