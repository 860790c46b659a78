let encoder;
try {
  encoder = require('./encoder.js');
} catch (e) {
  encoder = undefined;
}
module.exports = {
  encodeDownlink: (input) => (encoder && encoder.encode(input)) || { bytes: [], fPort: input.fPort },
};
