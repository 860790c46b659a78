function encodeDownlink(input) {
  if (input.data.steps[0] === 7) throw new RangeError('no seven');
  return { fPort: 10, bytes: input.data.steps };
}
