// The parenthesis is missing.
function encodeDownlink(input {
  return { fPort: 10, bytes: [1] };
}
