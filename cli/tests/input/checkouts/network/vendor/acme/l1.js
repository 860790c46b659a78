function encodeDownlink(input) {
  return { fPort: 85, bytes: [input.data.on ? 1 : 0] };
}
