// What was looked at for a definition without a witness.
'use strict';

const EVERYWHERE = "no published decoder that reads downlinks: The Things Network's device repository (pqstefanknol/lorawan-devices, 369ca3e), "
    + "chirpstack-device-profiles (4cf8d34) and Actility's catalog (53ef3f3) have none";

const DRIVER = "the driver in Actility's catalog (53ef3f3)";
const FORK = "the script in The Things Network's device repository (pqstefanknol/lorawan-devices, 369ca3e)";

const BY_VENDOR = {
    abeeway: `${DRIVER} stops at each frame: what it calls is not a function`,
    emu: 'it takes data alone, which has no bounds',
    greenme: `${FORK} has \`decodeDownlink\`, which returns null`,
    inbiot: `${DRIVER} has \`decodeDownlink\`, which gives the bytes back`,
    mclimate: `${DRIVER} has \`decodeDownlink\`, which gives the bytes back; the uplink decoders read answers under other codes and names`,
    milesight: 'no decoder in SensorDecoders (e79c9d8) that reads these commands: of gs101 it reads none, the others are families of several devices',
    netvox: `newer than ${FORK}`,
    paxcounter: `${FORK} has \`decodeDownlink\`, which gives the bytes back`,
    strega: `${FORK} has \`decodeDownlink\`, which gives the bytes back`,
    thermokon: "the uplink decoders in Actility's catalog (53ef3f3) read the commands as measurements",
    twtg: `${DRIVER} has \`decodeDownlink\`, which is not implemented`,
    watteco: `${FORK} has \`decodeDownlink\`, which names the cluster and no argument`,
    yobiiq: "the vendor's uplink decoders (Yobiiq-BV/codecs, 9bebcfd) do not read these commands",
};

// Without a payload codec there is no decoder to ask.
function lookedAt(vendor, definitions) {
    const isLora = definitions.some(({ text }) => /^protocol = "LORA"/m.test(text));
    return isLora ? BY_VENDOR[vendor] ?? EVERYWHERE : 'no LoRaWAN device: nobody publishes a payload decoder';
}

module.exports = { lookedAt };
