const { states } = require('./states.json');
exports.encode = (input) => ({ fPort: 2, bytes: [states[input.data.state]] });
