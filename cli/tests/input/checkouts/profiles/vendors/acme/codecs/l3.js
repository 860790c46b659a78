function decodeUplink(input) {
  return { data: { on: input.bytes[0] === 1 } };
}
