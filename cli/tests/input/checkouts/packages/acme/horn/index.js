function encodeDownlink(input) { return { fPort: 3, bytes: [1] }; }
