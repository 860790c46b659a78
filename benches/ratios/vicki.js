// A payload codec for the Vicki, which refuses what the definition in encoders/mclimate refuses.

var SECONDS = { s: 1, min: 60, h: 3600 };
var LABELS = { bn: 1, n: 1, u: 1, v: 1, vs: 1, vb: 1, vd: 1, t: 1 };
var READS = {
  getDeviceVersion: 0x04, getKeepAlive: 0x12, getOpenWindowParams: 0x13, getChildLock: 0x14,
  getTemperatureRange: 0x15, getOperationalMode: 0x18, getJoinRetryPeriod: 0x19, getUplinkType: 0x1b,
  getWatchDogParams: 0x1d, getPrimaryOperationalMode: 0x1f, getTemperatureHysteresis: 0x42,
};
var COMMANDS = {
  setKeepAlive: function (record) { return [0x02, time(record, "min", 1, 255)]; },
  setJoinRetryPeriod: function (record) { return [0x10, Math.round(time(record, "s", 5, 1275) / 5)]; },
  setUplinkType: function (record) { return [0x11, name(record, ["unconfirmed", "confirmed"])]; },
  setTargetTemperature: function (record) { return [0x0e, number(record, "Cel", 5, 30)]; },
  setExternalTemperature: function (record) { return [0x0f, number(record, "Cel", 1, 255)]; },
  setTargetTemperaturePrecisely: function (record) { return tenths(0x51, record, 5, 30); },
  setExternalTemperatureFloat: function (record) { return tenths(0x3c, record, 0.1, 255); },
  setOperationalMode: function (record) { return [0x0d, name(record, ["manual", "automatic"])]; },
  setPrimaryOperationalMode: function (record) { return [0x1e, name(record, ["heating", "cooling"])]; },
  setChildLock: function (record) { return [0x07, boolean(record) ? 1 : 0]; },
  setForceAttach: function (record) { return [0x47, boolean(record) ? 1 : 0]; },
  setPiRunPeriod: function (record) { return [0x41, time(record, "min", 0, 255)]; },
  setTemperatureHysteresis: function (record) {
    return [0x43, Math.round(number(record, "Cel", 0.2, 25.5) * 10)];
  },
};

function encodeDownlink(input) {
  var device = "";
  var bytes = [];
  var seen = {};
  for (var record of input.instruction) {
    for (var label in record) {
      if (LABELS[label] === undefined) {
        throw new Error("unknown label " + label);
      }
    }
    if (record.bn !== undefined) {
      if (device !== "" || !/^urn:dev:DEVEUI:[0-9A-F]{16}:$/.test(record.bn)) {
        throw new Error("not the device " + record.bn);
      }
      device = record.bn;
    }
    if (device === "" || seen[record.n]) {
      throw new Error("no device, or twice " + record.n);
    }
    seen[record.n] = true;
    for (var byte of command(record)) {
      bytes.push(byte);
    }
  }
  if (bytes.length > 51) {
    throw new Error("the payload is too long");
  }
  return { device: device, bytes: bytes, fPort: 1 };
}

function command(record) {
  var write = COMMANDS[record.n];
  if (write !== undefined) {
    return write(record);
  }
  var read = READS[record.n];
  if (read === undefined || record.vb !== true) {
    throw new Error("unknown command " + record.n);
  }
  return [read];
}

function number(record, unit, min, max) {
  if (typeof record.v !== "number" || record.u !== unit || record.v < min || record.v > max) {
    throw new Error("not from " + min + " to " + max + " " + unit + ": " + record.v);
  }
  return record.v;
}

function time(record, unit, min, max) {
  var seconds = SECONDS[record.u];
  var value = (record.v * seconds) / SECONDS[unit];
  if (typeof record.v !== "number" || seconds === undefined || value < min || value > max) {
    throw new Error("not from " + min + " to " + max + " " + unit + ": " + record.v);
  }
  return Math.round(value);
}

function tenths(command, record, min, max) {
  var value = Math.round(number(record, "Cel", min, max) * 10);
  return [command, value >> 8, value & 0xff];
}

function name(record, names) {
  var index = names.indexOf(record.vs);
  if (index < 0) {
    throw new Error("unknown name " + record.vs);
  }
  return index;
}

function boolean(record) {
  if (typeof record.vb !== "boolean") {
    throw new Error("not a boolean");
  }
  return record.vb;
}
