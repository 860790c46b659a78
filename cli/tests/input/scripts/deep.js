function encodeDownlink(input) {
  return encodeDownlink(input);
}
